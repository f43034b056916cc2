// The catalogue in words.

import { type CatalogueEntry, FAMILY_TITLES } from '../models/catalogue.js'
import { formatLicence } from '../models/licence-terms.js'
import { formatMegabytes } from './models-words.js'

/** Ends with an empty line unless there is nothing to say. */
export function catalogueLines(entries: readonly CatalogueEntry[]): string[] {
  if (entries.length === 0) return []
  return ['', 'To get with `storyreel models pull NAME`:', ...entries.flatMap(linesOf), '']
}

const linesOf = ({ name, repo, revision, family, licence, bytes, note }: CatalogueEntry): string[] => [
  `${name}  ${FAMILY_TITLES[family]} · ${formatMegabytes(bytes)} · ${formatLicence(licence)}`,
  `    ${repo}${revision === 'main' ? '' : `@${revision}`}: ${note}`,
]
