// What a user is told when a verb fails.

import { EXIT, Failure } from './failure.js'

export type FailureReport = { exitCode: number; message: string; hint: string | null }

/** Everything thrown that is no Failure is our bug; only then a stack is shown. */
export function reportOf(error: unknown, signal: AbortSignal): FailureReport {
  if (signal.aborted) {
    return { exitCode: EXIT.interrupted, message: 'interrupted; what is finished is kept', hint: null }
  }
  if (error instanceof Failure) {
    return { exitCode: error.exitCode, message: error.message, hint: error.hint }
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const message = `this is a bug in storyreel, not in your script. Please report it with these lines:\n${stack}`
  return { exitCode: EXIT.render, message, hint: null }
}

export const formatReport = ({ message, hint }: FailureReport): string =>
  `storyreel: ${message}\n${hint ? `  hint: ${hint}\n` : ''}`
