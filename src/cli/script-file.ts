// Reading a script and telling what is wrong with it.

import { Failure } from '../diagnostic/failure.js'
import { type DiagnosticFormat, formatDiagnostics } from '../diagnostic/format.js'
import { checkBytes, type LoadedScript, loadScript as loadFile } from '../index.js'
import type { Store } from '../store/store.js'
import type { Storyboard } from '../story/types.js'

/**
 * Reads and checks a script; `-` is stdin. What is said in it is spoken into `store`; default: the cache.
 * @throws Failure (environment) when the file can't be read.
 */
export async function loadScript(
  path: string,
  set: readonly string[] = [],
  store?: Store,
): Promise<LoadedScript> {
  const options = { set, ...(store && { store }) }
  if (path !== '-') return loadFile(path, options)
  return checkBytes(await readAll(process.stdin), { file: '<stdin>', ...options })
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export const showDiagnostics = (
  loaded: readonly LoadedScript[],
  format: DiagnosticFormat,
  stream: NodeJS.WriteStream,
): void => {
  const diagnostics = loaded.flatMap((l) => l.diagnostics)
  const sources = new Map(loaded.flatMap((l) => [...l.sources]))
  const color = Boolean(stream.isTTY) && !process.env.NO_COLOR
  stream.write(formatDiagnostics(diagnostics, sources, { format, color }))
}

/**
 * Prints diagnostics on stderr, as JSON events if told so, and gives the storyboard.
 * @throws Failure (exit 1) when the script has errors.
 */
export function storyboardOf(loaded: LoadedScript, asEvents = false): Storyboard {
  if (asEvents) {
    const listed = formatDiagnostics(loaded.diagnostics, loaded.sources, { format: 'json', color: false })
    for (const diagnostic of JSON.parse(listed)) {
      process.stderr.write(`${JSON.stringify({ event: 'diagnostic', ...diagnostic })}\n`)
    }
  } else if (loaded.diagnostics.length > 0) {
    showDiagnostics([loaded], process.stderr.isTTY ? 'human' : 'short', process.stderr)
  }
  if (loaded.storyboard) return loaded.storyboard
  const errors = loaded.diagnostics.filter((d) => d.severity === 'error').length
  throw new Failure(1, `${loaded.file}: ${errors} error${errors === 1 ? '' : 's'}, nothing rendered`)
}
