// The catalogue in words.

import { type CatalogueEntry, FAMILY_TITLES, isRunnable } from '../models/catalogue.js'
import { formatLicence } from '../models/licence-terms.js'
import { formatMegabytes } from './models-words.js'

/** Those that run first; the others are named, but not offered. Ends with an empty line unless there is nothing to say. */
export function catalogueLines(entries: readonly CatalogueEntry[]): string[] {
  const offered = entries.filter(({ family }) => isRunnable(family))
  const others = entries.filter(({ family }) => !isRunnable(family))
  return [
    ...section('To get with `storyreel models pull NAME`:', offered),
    ...section('Not run by this version yet:', others),
    ...(entries.length > 0 ? [''] : []),
  ]
}

const section = (title: string, entries: readonly CatalogueEntry[]): string[] =>
  entries.length === 0 ? [] : ['', title, ...entries.flatMap(linesOf)]

const linesOf = ({ name, repo, revision, family, licence, bytes, note }: CatalogueEntry): string[] => [
  `${name}  ${FAMILY_TITLES[family]} · ${formatMegabytes(bytes)} · ${formatLicence(licence)}`,
  `    ${repo}${revision === 'main' ? '' : `@${revision}`}: ${note}`,
]
