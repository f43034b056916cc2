// A node is a pure function of its inputs, named by its key. Its manifest is the one list of everything that can change
// its bytes: hashed it is the key, compared with the last run's it is the reason that `explain` gives.

import { createHash } from 'node:crypto'
import type { ShownText, Subtitle } from '../story/subtitles.js'
import type { Track } from '../story/track.js'
import type {
  Diffusion,
  DiffusionSource,
  EmbeddingUse,
  LoraUse,
  PromptBlend,
  Shot,
  ShotTransition,
  SoundSource,
  Standing,
  Storyboard,
  Voice,
  Waypoint,
} from '../story/types.js'

export type ManifestValue = string | number | boolean | null | readonly ManifestValue[]

/** Ordered pairs; an input stands in it as its key, under a name that starts with `input `. */
export type Manifest = readonly (readonly [name: string, value: ManifestValue])[]

type NodeBase = {
  /** Where it stands in the film, such as `2.3/keyframe 0`: stable when its key changes. */
  id: string
  key: string
  manifest: Manifest
}

export type Size = Storyboard['size']

/** What makes pixels of latents: the model's decoder, or the small one that it has for drafts. */
export type Decoder = 'full' | 'preview'

/** What was read of a file when the film was planned: its SHA-256. */
export type Digested<File> = File & { digest: string }

/** With the digest of the reference; null for none. */
export type PlannedStanding = Standing & { digest: string | null }

/** What pictures are painted with: a model, with LoRAs and learned words in it. */
export type PainterChoice = {
  model: string
  decoder: Decoder
  loras: readonly Digested<LoraUse>[]
  embeddings: readonly Digested<EmbeddingUse>[]
}

export const painterChoice = ({ model, decoder, loras, embeddings }: PainterChoice): PainterChoice => ({
  model,
  decoder,
  loras,
  embeddings,
})

/** A picture made by diffusion. */
export type KeyframeNode = NodeBase & {
  kind: 'keyframe'
  /** Of one that is placed by measured differences: what it would be painted from if the walk were even in its words. */
  prompt: PromptBlend
  /** For a keyframe on the way of a walk; null for one whose prompt is known. */
  place: { spacing: SpacingNode; index: number } | null
  /** With the model's own choices where the script is silent. */
  diffusion: Omit<Diffusion, 'source' | 'standings'> &
    PainterChoice & {
      steps: number
      guidance: number
      scheduler: string
      source: Digested<DiffusionSource> | null
      standings: readonly PlannedStanding[]
      /** Of the second painting, which is from the references; null where there are none. */
      fromReferences: { strength: number; steps: number } | null
    }
  size: Size
}

/** Where a walk's keyframes are painted, such that it goes on evenly to the eye: JSON, a list of `count` positions. */
export type SpacingNode = NodeBase & {
  kind: 'spacing'
  waypoints: Waypoint[]
  count: number
  /** How the quick pictures are painted that are measured; its prompt is that of the first. */
  probe: KeyframeNode
}

/** A picture of a card's words in type. */
export type CardNode = NodeBase & { kind: 'card'; text: string; size: Size }

/** Whether somebody's own picture is in it. */
export const isFromPicture = ({ diffusion }: KeyframeNode): boolean =>
  diffusion.source !== null || diffusion.fromReferences !== null

/** A picture file, cut to the film's shape. */
export type ImageNode = NodeBase & {
  kind: 'image'
  file: string
  digest: string
  size: Size
  fit: Shot['fit']
}

export type PictureNode = KeyframeNode | ImageNode | CardNode

/** A take's local `frame` as the film shows it, of the film's size: what a match cut goes from or to. */
export type FrameNode = NodeBase & {
  kind: 'frame'
  take: TakeView
  frame: number
  size: Size
  fps: Storyboard['fps']
}

/** The `count` frames between two pictures. A null `motion` is for the two pictures to decide. */
export type InbetweenNode = NodeBase & {
  kind: 'inbetween'
  from: PictureNode | FrameNode
  to: PictureNode | FrameNode
  count: number
  interpolation: string
  motion: 'dissolve' | 'morph' | null
}

/** How near the parts of a picture are: a picture of it, white for near. `model` is `layout` for none. */
export type DepthNode = NodeBase & { kind: 'depth'; picture: PictureNode; model: string }

/**
 * A part of a shot's source pictures from local frame `frame`: one picture held, or a run of in-betweens, each of which is held for a
 * while where there are fewer than `count`.
 */
export type Strip = { frame: number; count: number; node: PictureNode | InbetweenNode }

/** How a shot is seen, before transitions. */
export type TakeView = {
  strips: Strip[]
  /** Of its pictures, for a camera with parallax; else none. */
  depths: readonly DepthNode[]
  /** The model whose upscaler enlarges the pictures before the camera sees them, with the upscaler's digest. */
  upscaler: { model: string; digest: string } | null
  camera: Shot['camera']
  fit: Shot['fit']
  look: Shot['look']
  frames: number
}

/**
 * The encoded frames from the shot's first one to the next shot's first one. A transition into the shot that overlaps the
 * shot before lies in its own segment, which therefore also reads the tail of that shot.
 */
export type SegmentNode = NodeBase & {
  kind: 'segment'
  take: TakeView
  /** Of the shot before, where it is seen in this one's first frames. */
  tail: TakeView | null
  /** The frames of a match cut or morph. */
  across: InbetweenNode | null
  /** Words over the picture: this shot's, and in an overlap those of the shot before. */
  captions: { own: string | null; before: string | null }
  /** Subtitles in the picture; a caption makes room for them. */
  texts: readonly ShownText[]
  into: ShotTransition
  /** The next shot's transition, when it fades: the second half of this segment's end goes to its colour. */
  outOf: ShotTransition
  frames: number
  /** For how many frames a picture is held; 1 is every frame anew. */
  every: number
  size: Size
  fps: Storyboard['fps']
}

/** A line of speech, in a voice. */
export type SpeechNode = NodeBase & { kind: 'speech'; text: string; voice: Voice }

export type MixTrack = Track & {
  role: 'music' | 'ambience' | 'effect' | 'speech'
  source: SoundSource | { kind: 'speech'; node: SpeechNode }
}

/** All that is heard in the film, encoded. */
export type MixNode = NodeBase & { kind: 'mix'; tracks: MixTrack[]; samples: number }

export type MovieNode = NodeBase & {
  kind: 'movie'
  segments: SegmentNode[]
  /** Null for a silent film. */
  mix: MixNode | null
  /** Of a track of their own; null for none. */
  subtitles: readonly Subtitle[] | null
  frames: number
}

export type Node =
  | SpacingNode
  | PictureNode
  | DepthNode
  | FrameNode
  | InbetweenNode
  | SegmentNode
  | SpeechNode
  | MixNode
  | MovieNode
export type NodeKind = Node['kind']

export const keyOf = (manifest: Manifest): string =>
  createHash('sha256').update(JSON.stringify(manifest)).digest('hex')

/** What must be there before a node can be made, each once. */
export function inputsOf(node: Node): Node[] {
  switch (node.kind) {
    case 'keyframe':
      return node.place === null ? [] : [node.place.spacing]
    case 'image':
    case 'card':
    case 'spacing':
      return []
    case 'inbetween':
      return node.from === node.to ? [node.from] : [node.from, node.to]
    case 'depth':
      return [node.picture]
    case 'frame':
      return [stripAt(node.take, node.frame).node, ...depthsAt(node.take, node.frame)]
    case 'segment':
      return [
        ...new Set([
          ...(node.across ? [node.across] : []),
          ...[node.take, ...(node.tail ? [node.tail] : [])].flatMap(({ strips, depths }) => [
            ...strips.map((strip) => strip.node),
            ...depths,
          ]),
        ]),
      ]
    case 'speech':
      return []
    case 'mix':
      return [...new Set(node.tracks.flatMap(({ source }) => (source.kind === 'speech' ? source.node : [])))]
    case 'movie':
      return [...new Set<Node>(node.mix === null ? node.segments : [...node.segments, node.mix])]
  }
}

/** The strip that shows a local frame of a take. */
export function stripAt({ strips }: Pick<TakeView, 'strips'>, frame: number): Strip {
  const strip = strips.find((s) => frame >= s.frame && frame < s.frame + s.count)
  if (!strip) throw new Error(`the take has no frame ${frame}`)
  return strip
}

/** Of what a local frame of a take shows: of one picture, of the two that it lies between, or none. */
export function depthsAt(take: TakeView, frame: number): DepthNode[] {
  if (take.depths.length === 0) return []
  const { node } = stripAt(take, frame)
  const shown: readonly Node[] = node.kind === 'inbetween' ? [node.from, node.to] : [node]
  return shown.flatMap((picture) => take.depths.find((depth) => depth.picture === picture) ?? [])
}
