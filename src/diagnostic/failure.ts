// Failures that a user can understand and act on. Anything else that is thrown is our bug.

/** Process exit codes: a contract with CI scripts. */
export const EXIT = { good: 0, script: 1, usage: 2, environment: 3, render: 4, interrupted: 130 } as const

/** A failure with one clear line, an optional hint, and the exit code that belongs to it. */
export class Failure extends Error {
  readonly exitCode: number
  readonly hint: string | null
  constructor(exitCode: number, message: string, hint: string | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Failure'
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** The command line is wrong. */
export const usageFailure = (message: string, hint?: string) => new Failure(EXIT.usage, message, hint)

/** Something outside is missing or broken: ffmpeg, a model, the disk. */
export const environmentFailure = (message: string, hint?: string | null, cause?: unknown) =>
  new Failure(EXIT.environment, message, hint, cause)

/** A node could not be made although the environment looked right. */
export const renderFailure = (message: string, hint?: string | null, cause?: unknown) =>
  new Failure(EXIT.render, message, hint, cause)

export const interrupted = () => new Failure(EXIT.interrupted, 'interrupted')

/** Turns a system error of a file operation into a Failure; passes Failures through. */
export function fileFailure(error: unknown, doing: string): Failure {
  if (error instanceof Failure) return error
  const code = (error as NodeJS.ErrnoException)?.code
  const what: Record<string, [string, string]> = {
    ENOSPC: ['the disk is full', 'free some space, or move the cache with --cache-dir'],
    EDQUOT: ['the disk quota is used up', 'free some space, or move the cache with --cache-dir'],
    EACCES: ['permission denied', 'check who owns the folder'],
    EPERM: ['permission denied', 'check who owns the folder'],
    EROFS: ['the file system is read-only', 'choose another place with -o or --cache-dir'],
    ENOENT: ['no such file or folder', 'check the path'],
    EISDIR: ['it is a folder', 'give a file name'],
    ENOTDIR: ['a part of the path is not a folder', 'check the path'],
    EMFILE: ['too many open files', 'raise `ulimit -n` or lower --jobs'],
  }
  const known = code === undefined ? undefined : what[code]
  if (known) return environmentFailure(`${doing}: ${known[0]}`, known[1], error)
  return environmentFailure(`${doing}: ${(error as Error)?.message ?? String(error)}`, null, error)
}
