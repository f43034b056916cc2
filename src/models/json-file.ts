// JSON files of a model folder.

import { environmentFailure, fileFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'

export type JsonObject = Record<string, unknown>

/** Null when there is no such file. Fails (exit 3) naming the file when it is no JSON object. */
export async function readJsonObject(host: Host, path: string): Promise<JsonObject | null> {
  const stat = await host.stat(path)
  if (!stat?.isFile) return null
  let bytes: Uint8Array
  try {
    bytes = await host.readFile(path)
  } catch (error) {
    throw fileFailure(error, `reading ${path}`)
  }
  try {
    const value: unknown = parseJson(new TextDecoder().decode(bytes))
    if (isObject(value)) return value
  } catch {
    // Told below, together with JSON that is no object.
  }
  throw environmentFailure(
    `the model file ${path} is damaged: it is not a JSON object`,
    'get the model again',
  )
}

/** JSON as Python writes it too: with infinities as words, as in `"lambda_min_clipped": -Infinity` of diffusers. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const words = /"(?:[^"\\]|\\.)*"|Infinity|NaN/g
    const numbers: Record<string, string> = { Infinity: '1e999', NaN: 'null' }
    return JSON.parse(text.replace(words, (word) => numbers[word] ?? word))
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const asNumber = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null
