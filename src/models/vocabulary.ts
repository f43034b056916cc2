// world.json: what a small model knows, in words. One file for training, for `check` and for `models show`.

import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { EMBEDDED_MODELS } from './find-model.js'
import { isObject, readJsonObject } from './json-file.js'
import type { ModelFolder } from './model.js'

const EMBEDDED_MODEL = 'storybook'

/** Words are small letters; a phrase has single spaces or hyphens between its words. */
export type ModelVocabulary = {
  /** Name of the model. */
  model: string
  /** What is drawn: group → value → the words for it, the usual one first. */
  groups: Record<string, Record<string, string[]>>
  /** Clothes that colours are read from, by figure. */
  garments: Record<string, string[]>
  /** Words that ask for nothing, or for nothing that would be missed. */
  plain: string[]
  /** Words that are understood, but make no difference: why → the words. */
  undrawn: Record<string, string[]>
  /** What people ask for that is not drawn: the nearest word that is → the words. */
  nearest: Record<string, string[]>
  /** What people ask for that is not drawn, and has nothing near it. */
  absent: string[]
}

/** The embedded model's. */
export const embeddedVocabulary = async (host: Host): Promise<ModelVocabulary | null> =>
  readVocabulary({ name: EMBEDDED_MODEL, path: join(EMBEDDED_MODELS, EMBEDDED_MODEL) }, host)

/** Null when the folder has no vocabulary, as most models have none. All lists but `groups` may be missing in the file. Fails (exit 3) when it is damaged. */
export async function readVocabulary(folder: ModelFolder, host: Host): Promise<ModelVocabulary | null> {
  const path = join(folder.path, 'world.json')
  const {
    groups,
    garments = {},
    plain = [],
    undrawn = {},
    nearest = {},
    absent = [],
  } = (await readJsonObject(host, path)) ?? {}
  if (groups === undefined) return null
  const isWhole =
    isObject(groups) &&
    Object.values(groups).every(isWordLists) &&
    [garments, undrawn, nearest].every(isWordLists) &&
    isWords(plain) &&
    isWords(absent)
  if (!isWhole) throw environmentFailure(`the vocabulary ${path} is damaged`, 'get the model again')
  return {
    model: folder.name,
    groups: groups as ModelVocabulary['groups'],
    garments: garments as ModelVocabulary['garments'],
    plain: plain as string[],
    undrawn: undrawn as ModelVocabulary['undrawn'],
    nearest: nearest as ModelVocabulary['nearest'],
    absent: absent as string[],
  }
}

const isWords = (value: unknown): boolean =>
  Array.isArray(value) && value.every((word) => typeof word === 'string')

const isWordLists = (value: unknown): boolean => isObject(value) && Object.values(value).every(isWords)
