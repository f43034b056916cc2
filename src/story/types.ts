// The storyboard: every shot resolved, every prompt composed, every time an exact number of frames.

import type { Span } from '../diagnostic/diagnostic.js'
import type {
  Camera,
  EmbeddingUse,
  FilmLook,
  Fit,
  FrameRate,
  LoraUse,
  Motion,
  Side,
  Size,
  SoundCue,
  SubtitlesChoice,
} from '../script/types.js'

export type { Ambience, Camera, EmbeddingUse, FilmLook, Fit, LoraUse, Motion, Side } from '../script/types.js'

/** Prompts whose embeddings are added, weighted; weights sum to 1. One entry is an ordinary prompt. */
export type PromptBlend = { prompt: string; weight: number }[]

/** What a walk travels through. */
export type Waypoint = { prompt: PromptBlend; seed: number }

/** A place on a walk: what to paint there. `towards` is null where the noise is that of one seed. */
export type Step = {
  prompt: PromptBlend
  seed: number
  towards: { seed: number; amount: number } | null
}

/** A picture to diffuse, and the frame of its shot at which it is seen. */
export type Keyframe = Step & { frame: number }

/** A member of the cast who brings noise (a seed) or a picture (a reference), and where it belongs in the shot's pictures. */
export type Standing = {
  seed: number | null
  reference: string | null
  /** Shares of the picture's width: the middle, and how wide; a null width is the whole picture. */
  x: number
  width: number | null
}

/** How to diffuse; null is "the model's own default". */
export type Diffusion = {
  model: string
  seed: number
  steps: number | null
  guidance: number | null
  scheduler: string | null
  negative: string
  /** Merged into the model; none when left out. */
  loras?: readonly LoraUse[]
  /** Files of learned words; none when left out. */
  embeddings?: readonly EmbeddingUse[]
  /** Those in the order of the words; none when left out. */
  standings?: readonly Standing[]
  /** A picture to paint from; noise when left out. */
  source?: DiffusionSource
}

/** Paths of a picture and of a mask whose light parts are painted (null for all of it); strength is from 0 to 1. */
export type DiffusionSource = { image: string; mask: string | null; strength: number }

/** A null `motion` is for each pair of keyframes to decide. */
export type Take =
  | {
      kind: 'diffused'
      keyframes: Keyframe[]
      /** What a walk travels through; null for a take of one picture. Its keyframes have prompts as even words make them. */
      waypoints: Waypoint[] | null
      diffusion: Diffusion
      motion: Motion | null
      /** The same picture with the mouth of somebody who speaks open; nobody when left out. */
      talking?: { speaker: string; prompt: PromptBlend }[]
    }
  /** A picture file as it is. */
  | { kind: 'image'; file: string }
  | { kind: 'card'; text: string }

/**
 * Into the shot. A fade takes floor(frames / 2) from the end of the shot before and the rest from this one; into the film's
 * first shot it has twice the written length, since only the second half of it is seen. All others but a cut overlap the shot
 * before by `frames`, in which both go on; a match cut and a morph show in-betweens instead, from the last picture before
 * them to the first one after them.
 */
export type ShotTransition =
  | { kind: 'cut' }
  | { kind: 'fade'; frames: number; color: number }
  | { kind: 'dissolve' | 'match cut' | 'morph'; frames: number }
  | { kind: 'wipe' | 'slide'; frames: number; direction: Side }
  | { kind: 'iris'; frames: number; direction: 'in' | 'out' }
  | { kind: 'whip pan'; frames: number; direction: 'left' | 'right' }

/** A file, or a sound by word. */
export type SoundSource = SoundCue['source']

/** A sound, from the start of the shot, scene or film that names it. */
export type Cue = {
  source: SoundSource
  /** Factor of the amplitude. */
  volume: number
  startSeconds: number
  /** Into the file. */
  fromSeconds: number
  /** Null: to its own end, or as long as what names it when it is looped. */
  seconds: number | null
  fadeInSeconds: number
  fadeOutSeconds: number
  isLooped: boolean
  /** Where the script says so, from 1; null where an included file does. */
  line: number | null
}

/** One of two recorded voices; the rest are factors: of its pitch, of its pitch and timbre together, of its speed. */
export type Voice = { base: 'man' | 'woman'; pitch: number; size: number; rate: number }

/** A line of speech. */
export type Line = {
  /** A member of the cast; null is a narrator. */
  speaker: string | null
  text: string
  /** What a voice reads; null where no voice can. */
  spoken: string | null
  voice: Voice
  /** From the start of the shot. */
  startSeconds: number
  seconds: number
  /** False while `seconds` is an estimate. */
  isMeasured: boolean
}

/** Music plays on through neighbouring shots of one `id`: where it is written. */
export type Music = { id: string; cues: Cue[] }

export type Shot = {
  id: string
  /** Index into Storyboard.scenes. */
  scene: number
  /** The words as written, for people. */
  text: string
  take: Take
  /** `seed` is that of its shake; 0 without one. */
  camera: Camera & { seed: number }
  transition: ShotTransition
  /** Words at the bottom of the picture. */
  caption: string | null
  /** How pictures of other proportions get into the film's. */
  fit: Fit
  /** Colours of the pictures; `none` leaves them as they are. */
  look: FilmLook
  /** First frame in the film; during a dissolve two shots share frames. */
  start: number
  frames: number
  /** None when left out. */
  sounds?: Cue[]
  music?: Music
  lines?: Line[]
  span: Span
  line: number
}

export type Scene = {
  name: string
  place: string | null
  time: string | null
  year: number | null
  sounds?: Cue[]
  span: Span
  line: number
}

export type Storyboard = {
  file: string
  /** SHA-256 of the script's text and of what it includes, in hexadecimal. */
  digest: string
  /** For a quick look: fewer steps, and the model's preview decoder where it has one. */
  isDraft: boolean
  title: string
  size: Size
  fps: FrameRate
  /** Name or path of the interpolation model: `blend` is a plain cross-fade. */
  interpolation: string
  /** Where the script says so, from 1; null where it does not. */
  interpolationLine: number | null
  /** Name or path of the depth model for cameras with parallax: `layout` is none. */
  depth: string
  depthLine: number | null
  /** Of the whole film; none when left out. */
  sounds?: Cue[]
  /** How what is said is written as well; not at all when left out. */
  subtitles?: SubtitlesChoice
  scenes: Scene[]
  shots: Shot[]
  /** The film's length. */
  frames: number
}
