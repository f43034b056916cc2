// What watching tells, besides what its renders tell. `--progress json` prints these as they are.

import type { Severity } from '../diagnostic/diagnostic.js'
import type { RenderEvent } from '../index.js'

/** A diagnostic with its place in the script, from 1; nulls where it has none. */
export type Problem = {
  severity: Severity
  code: string
  message: string
  hints: string[]
  line: number | null
  column: number | null
  endColumn: number | null
  /** The script's line. */
  source: string | null
}

export type BoardShot = {
  id: string
  scene: string
  line: number
  /** First frame in the film. */
  start: number
  frames: number
  /** The words as written. */
  text: string
  kind: 'diffused' | 'image' | 'card'
  /** In the order in which they are seen. */
  pictures: { key: string; isReady: boolean }[]
  /** False while some of it must be made. */
  isReady: boolean
}

export type WatchEvent =
  | RenderEvent
  /** Where the page is, and the socket of editors; told first. */
  | { event: 'page'; url: string; socket: string | null }
  /** The script was read; with errors, `isBroken`, the last good film stays. */
  | { event: 'script'; file: string; isBroken: boolean; problems: Problem[] }
  /** What the script's film is made of, told before it is made. */
  | { event: 'board'; title: string; fps: number; frames: number; shots: BoardShot[] }
  /** A quick picture of a shot, until the final one is there. */
  | { event: 'draft'; id: string; shot: string; key: string; ms: number }
  /** A newer script took the place of this one; `ms` after it was stopped, nothing of it runs any more. */
  | { event: 'cancelled'; ms: number }
  /** The script is not there; it is waited for. */
  | { event: 'missing'; file: string }
  /** Where the editor's cursor is. */
  | { event: 'cursor'; line: number; shot: string | null }
  /** All is made that can be made. */
  | { event: 'idle' }

export type OnWatchEvent = (event: WatchEvent) => void
