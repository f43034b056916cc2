// What a render tells while it runs. `--progress json` prints these as they are, so the names are a contract.

import type { NodeKind } from '../graph/node.js'
import type { Verdict } from '../interpolation/gate.js'

export type Counts = Partial<Record<NodeKind, number>>

export type RenderEvent =
  | {
      event: 'plan'
      output: string
      shots: number
      frames: number
      toRender: Counts
      /** Frames of segments. */
      toEncode: number
      /** Frames of in-betweens. */
      toInterpolate: number
    }
  | { event: 'start'; kind: NodeKind; id: string; shot: string | null; reason: string }
  | { event: 'step'; id: string; step: number; steps: number }
  | ({ event: 'motion'; id: string; shot: string; line: number } & Omit<Verdict, 'relit'>)
  | { event: 'inbetweens'; done: number; total: number; fps: number }
  | { event: 'frames'; done: number; total: number; fps: number }
  | { event: 'end'; kind: NodeKind; id: string; key: string; shot: string | null; ms: number }
  | { event: 'warning'; message: string }
  | { event: 'failed'; message: string; hint: string | null; exitCode: number }
  | RenderDone

export type RenderDone = {
  event: 'done'
  output: string
  frames: number
  /** The film's length. */
  seconds: number
  /** How long the render took. */
  elapsedMs: number
  nodes: { rendered: Counts; reused: Counts }
}

/** Of several scripts, `script` is the one that an event tells of. */
export type OnEvent = (event: RenderEvent & { script?: string }) => void
