// A model's licence, as its card says it.

import { join } from 'node:path'
import type { Host } from '../host/host.js'

/**
 * From README.md: the `license` (or `license_name`, for those that have no identifier) of a Hugging Face card's front
 * matter, else a line "Licence: …". Null when neither is there.
 * https://huggingface.co/docs/hub/model-cards#model-card-metadata
 */
export async function readLicence(path: string, host: Host): Promise<string | null> {
  const card = join(path, 'README.md')
  if (!(await host.stat(card))?.isFile) return null
  return licenceOfCard(new TextDecoder().decode(await host.readFile(card)))
}

/** The licence that the text of a card names. */
export function licenceOfCard(card: string): string | null {
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? ''
  const named = (key: string) =>
    new RegExp(`^${key}:[ \\t]*["']?([^"'\\r\\n]+)`, 'm').exec(front)?.[1]?.trim()
  const identifier = named('license')
  if (identifier !== undefined)
    return identifier === 'other' ? (named('license_name') ?? identifier) : identifier
  return /^licen[cs]e:[ \t]*([^\r\n,.]+)/im.exec(card)?.[1]?.trim() ?? null
}
