// The door to files, clock, environment and processes. Code that decides sees the world through it, so a test can
// hand in another one.

import type { Readable, Writable } from 'node:stream'

export type FileStat = {
  size: number
  mtimeMs: number
  isFile: boolean
  isDirectory: boolean
  mode: number
  /** Names that the file has on its file system (hard links). */
  links: number
}

export type ChildResult = { code: number | null; signal: string | null; stderrTail: string }

export type Child = {
  pid: number | undefined
  /** A write after the process is gone fails through its callback; it never throws out of the event loop. */
  stdin: Writable
  stdout: Readable
  /** Resolves when the process has ended and its pipes are closed; rejects when it can't be started. */
  done: Promise<ChildResult>
  kill(signal?: NodeJS.Signals): void
}

export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly platform: NodeJS.Platform
  /** The system's folder for temporary files. */
  readonly temp: string
  /** Milliseconds, monotonic. */
  now(): number
  readFile(path: string): Promise<Uint8Array>
  /** The file piece by piece, for what may be large. */
  readChunks(path: string): AsyncIterable<Uint8Array>
  /** `length` bytes from byte `start` on; fewer where the file ends before that. */
  readRange(path: string, start: number, length: number): Promise<Uint8Array>
  /** Writes in place: for files that are published by a rename of the caller's. */
  writeFile(path: string, data: Uint8Array | string): Promise<void>
  /** To the end of a file that is there. */
  append(path: string, data: Uint8Array): Promise<void>
  /** Writes beside the target and publishes, so that readers never see half a file. */
  writeFileAtomic(path: string, data: Uint8Array | string): Promise<void>
  /** Null when there is nothing at the path. */
  stat(path: string): Promise<FileStat | null>
  /** Names in a folder, sorted. */
  list(path: string): Promise<string[]>
  /** With its parents; an existing one is fine. */
  makeFolder(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Puts a finished file in its place, by rename. A device or a pipe there, such as /dev/null, stays one and gets the bytes. */
  publish(finished: string, path: string): Promise<void>
  /** A file, or a folder with all in it; nothing there is fine. */
  remove(path: string): Promise<void>
  touch(path: string, when?: Date): Promise<void>
  makeExecutable(path: string): Promise<void>
  /** Starts a process without a shell. stdin and stdout are pipes; the last 8 KiB of stderr are kept. */
  spawn(command: string, args: readonly string[]): Child
  /** The full path of a program on PATH, or null. */
  which(program: string): Promise<string | null>
}
