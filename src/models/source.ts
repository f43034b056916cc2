// Where a model is installed from.

import type { Digest } from './digests.js'

/** What an installed model remembers of where it came from. */
export type Origin =
  | { kind: 'hub'; endpoint: string; repo: string; revision: string; commit: string }
  | { kind: 'folder'; path: string }
  | { kind: 'url'; url: string }

/** `digest` is null where nobody says what the bytes must be. */
export type SourceFile = { path: string; size: number; digest: Digest | null }

export type FetchOptions = {
  signal: AbortSignal
  /** Bytes that arrived; negative when some count no longer. */
  onBytes: (bytes: number) => void
  onTrouble: (reason: string, waitMs: number) => void
}

export type ModelSource = {
  origin: Origin
  licence: string | null
  /** Changes when any file does: what is left of an earlier try counts only under the same identity. */
  identity: string
  /** What is known without looking for it. */
  paths: readonly string[]
  /** Null when there is no such file. */
  find(path: string): Promise<SourceFile | null>
  /** Files on this machine that may hold the same bytes. */
  copies(file: SourceFile): Promise<string[]>
  /** Leaves the file at `to`. What an earlier call has left there may be continued. */
  fetch(file: SourceFile, to: string, options: FetchOptions): Promise<void>
}

export const formatOrigin = (origin: Origin): string =>
  origin.kind === 'hub'
    ? `${origin.repo}@${origin.revision}`
    : origin.kind === 'folder'
      ? origin.path
      : origin.url
