// What a script says, as written: every value with its span, nothing resolved. Resolving is story/'s work.

import type { Span } from '../diagnostic/diagnostic.js'
import type { Ambience, Ease, FilmLook, Fit, Framing, Motion } from './names.js'
import type { VoiceWords } from './voice.js'

export type { Ambience, Ease, FilmLook, Fit, Framing, Motion } from './names.js'

export type { Manner, Speaker, VoiceWords } from './voice.js'

export type Located<T> = { value: T; span: Span }

export type Size = { width: number; height: number }

/** A length of time as written: seconds, or frames (`48f`), which need the film's fps. */
export type Duration = { seconds: number } | { frames: number }

/** Frames a second as a fraction: 24 is 24/1, 23.976 is 24000/1001. */
export type FrameRate = { num: number; den: number }

/** At a shot's first frame and at its last. */
export type Range = readonly [from: number, to: number]

export type Camera = {
  /** How many times closer than the widest view, 1 or more. */
  zoom: Range
  /** In the room that the picture leaves around the view: -1 is its left end, 0 its middle, 1 its right end. */
  pan: Range
  /** The same from -1, the lower end, to 1, the upper one. */
  tilt: Range
  /** Degrees that the camera is turned to its right. */
  roll: Range
  ease: Ease
  /** How much a hand trembles, 0 to 1. */
  shake: number
  /** How much more near things move than far ones, 0 to 1. */
  parallax: number
  /** Words for the prompt; null for none. */
  framing: Framing | null
}

export type TransitionKind =
  | 'cut'
  | 'dissolve'
  | 'fade'
  | 'wipe'
  | 'slide'
  | 'iris'
  | 'whip pan'
  | 'match cut'
  | 'morph'

export type Side = 'left' | 'right' | 'up' | 'down'

export type Transition = {
  kind: TransitionKind
  /** Null for cut, and for the default length. */
  duration: Duration | null
  /** For fade: the colour it passes through, as 0xRRGGBB. */
  color: number | null
  /** A side for wipe and slide, left or right for a whip pan, in or out for an iris; else null. */
  direction: Side | 'in' | 'out' | null
}

/** A LoRA's file, as it is opened, and how much of it is added; 1 is what it was trained for. */
export type LoraUse = { file: string; weight: number }

/** A file of learned words, as it is opened, and the word that stands for it; null for those that it has itself. */
export type EmbeddingUse = { file: string; word: string | null }
/** A sound to play, as written. Null is for the kind of sound to decide. */
export type SoundCue = {
  /** A file, as it is opened, or a sound by word. */
  source: { kind: 'file'; file: string } | { kind: 'ambience'; word: Ambience }
  span: Span
  /** Factor of the amplitude. */
  volume: number
  /** From the start of what names it. */
  start: Duration | null
  /** Seconds into the file. */
  from: number
  duration: Duration | null
  /** Seconds. */
  fadeIn: number | null
  fadeOut: number | null
  isLooped: boolean | null
}

/** A line of speech; a null speaker is for the shot to tell. */
export type SaidLine = { speaker: Located<string> | null; text: Located<string> }

/** How what is said is written as well. */
export type SubtitlesChoice =
  | { kind: 'none' | 'soft' | 'burn' }
  /** As it is opened. */
  | { kind: 'file'; file: string }

/** What a shot can say, and what film, `defaults` and scene can say for all of their shots. */
export type Settings = {
  duration: Located<Duration> | null
  camera: Located<Camera> | null
  transition: Located<Transition> | null
  seed: Located<number> | null
  steps: Located<number> | null
  guidance: Located<number> | null
  scheduler: Located<string> | null
  model: Located<string> | null
  negative: Located<string> | null
  style: Located<string> | null
  /** Seconds between two diffused pictures of a `walk`. */
  keyframes: Located<number> | null
  /** From keyframe to keyframe of a `walk`; null is for the pictures to decide. */
  motion: Located<Motion> | null
  fit: Located<Fit> | null
  look: Located<FilmLook> | null
  /** Null is for the next level to say; an empty list is none. */
  lora: Located<LoraUse>[] | null
  embedding: Located<EmbeddingUse>[] | null
  /** An empty list is none. */
  music: Located<SoundCue[]> | null
  sound: Located<SoundCue[]> | null
  /** Of whoever speaks and has no voice of their own. */
  voice: Located<VoiceWords> | null
  /** Whether mouths move while somebody speaks. */
  lips: Located<boolean> | null
}

export type Look = { age: number | null; text: Located<string> }

export type CastMember = {
  name: Located<string>
  /** One look with `age: null`, or several, sorted by age. */
  looks: Look[]
  born: Located<number> | null
  outfits: Map<string, Located<string>>
  /** Of the noise where the member stands. */
  seed: Located<number> | null
  /** A picture file that the member is painted from. */
  reference: Located<string> | null
  voice: Located<VoiceWords> | null
  /** For the shots that show the member. */
  model: Located<string> | null
  lora: Located<LoraUse>[]
  embedding: Located<EmbeddingUse>[]
}

export type Place = { name: Located<string>; text: Located<string> }

export type ShotContent =
  | { kind: 'prompt'; prompt: Located<string> }
  /** `seeds` by prompt; null for the shot's. */
  | { kind: 'walk'; prompts: Located<string>[]; seeds: (Located<number> | null)[] }
  | { kind: 'image'; file: Located<string>; prompt: Located<string> | null; strength: Located<number> | null }
  | { kind: 'card'; text: Located<string> }

export type ScriptShot = {
  id: Located<string> | null
  content: ShotContent
  caption: Located<string> | null
  say: Located<SaidLine[]> | null
  settings: Settings
  /** The whole shot in the file, for errors and for "the shot under the cursor". */
  span: Span
}

export type ScriptScene = {
  /** The slugline or free name as written; null for the scene that a bare list of sentences makes. */
  heading: Located<string> | null
  /** From the slugline or the keys `place`, `time`, `weather`; a key wins. */
  place: Located<string> | null
  time: Located<string> | null
  weather: Located<string> | null
  /** From INT. or EXT. */
  interior: boolean | null
  year: Located<number> | null
  settings: Settings
  shots: ScriptShot[]
  span: Span
}

export type Script = {
  file: string
  /** Paths as written. */
  includes: Located<string>[]
  title: Located<string> | null
  size: Located<Size> | null
  fps: Located<FrameRate> | null
  interpolation: Located<string> | null
  subtitles: Located<SubtitlesChoice> | null
  depth: Located<string> | null
  /** The film's own settings; what its `defaults` says wins over them. */
  settings: Settings
  cast: Map<string, CastMember>
  places: Map<string, Place>
  scenes: ScriptScene[]
}
