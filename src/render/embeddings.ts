// A model that knows learned words: their vectors stand below its table of tokens, in a copy of the text encoder's graph that is
// made once and kept in the cache.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { environmentFailure, usageFailure } from '../diagnostic/failure.js'
import type { LearnedWord } from '../diffusion/tokenizer.js'
import type { Host } from '../host/host.js'
import type { Model, TextEncoder } from '../models/model.js'
import { readGraph } from '../models/read-graph.js'
import type { Store } from '../store/store.js'
import { type EmbeddingFile, readEmbedding, type Vectors } from '../textual-inversion/embedding-file.js'
import { type Initializer, type OnnxGraph, readOnnxGraph } from '../weights/onnx-graph.js'
import { appendRows, patchGraph } from '../weights/patch-graph.js'
import { findTokenEmbedding } from '../weights/token-embedding.js'
import { graphDigests, openFileDigests } from './file-digests.js'

/** A file, and the word that stands for it in prompts; null for those that the file has itself. */
export type EmbeddingChoice = { path: string; word: string | null }

/** Changes when the same files would make other graphs. */
const FORMAT = 'embeddings 1'
/** Widths of text encoders, by what is trained for them. */
const TRAINED_FOR: Record<number, string> = { 768: 'Stable Diffusion 1.x', 1024: 'Stable Diffusion 2.x' }

/** `FILE` or `WORD=FILE`. A file whose name has an equals sign is taken by its name. */
export async function readEmbeddingChoice(text: string, host: Host): Promise<EmbeddingChoice> {
  const at = text.indexOf('=')
  if (at < 1 || (await host.stat(text)) !== null) return { path: text, word: null }
  return { path: text.slice(at + 1), word: text.slice(0, at).trim() }
}

/**
 * The model with the words in it; the same model for none. Fails (exit 2) for files that want the same word or have none, and
 * (exit 3) for one that is damaged or was trained for another kind of model.
 */
export async function withEmbeddings(
  model: Model,
  choices: readonly EmbeddingChoice[],
  { host, store, signal }: { host: Host; store: Store; signal?: AbortSignal | undefined },
): Promise<Model> {
  if (choices.length === 0) return model
  const { files, words, tables } = await readFitting(model, choices, host)
  const digests = await openFileDigests(host, store)
  const textEncoders: TextEncoder[] = []
  try {
    for (const [i, { tokenizer, outputs }] of model.textEncoders.entries()) {
      const { graph: source, table } = tables[i]!
      const vectors = files.map((file) => file.vectors[i]!)
      const rows = stack(vectors)
      const key = createHash('sha256')
        .update(JSON.stringify([FORMAT, await graphDigests(source, digests), rows.length]))
        .update(new Uint8Array(rows.buffer))
        .digest('hex')
      const known = await store.get(key)
      const { path } =
        typeof known === 'object'
          ? known
          : await store.put(key, 'graph', async (folder) => {
              const changes = new Map([[table.name, appendRows(table, rows)]])
              await patchGraph(source, changes, folder, { signal })
            })
      const learned = learnedWords(words, vectors, table.dims[0]!)
      textEncoders.push({
        graph: readGraph(join(path, 'model.onnx')),
        outputs,
        tokenizer: { ...tokenizer, learned: [...(tokenizer.learned ?? []), ...learned] },
      })
    }
  } finally {
    await digests.save()
  }
  return { ...model, textEncoders }
}

/** Fails as `withEmbeddings` does for files that the model can't take, and makes nothing. */
export async function checkEmbeddings(
  model: Model,
  choices: readonly EmbeddingChoice[],
  host: Host,
): Promise<void> {
  if (choices.length > 0) await readFitting(model, choices, host)
}

/** One word of each embedding of the model that none of the texts has. */
export function unsaidWords({ textEncoders }: Model, texts: readonly string[]): string[] {
  const all = wordKey(texts.join('\n'))
  const byVectors = new Map<number, string[]>()
  for (const { word, ids } of textEncoders[0]!.tokenizer.learned ?? [])
    byVectors.set(ids[0]!, [...(byVectors.get(ids[0]!) ?? []), word])
  return [...byVectors.values()]
    .filter((words) => !words.some((word) => all.includes(wordKey(word))))
    .map((words) => words[0]!)
}

/** Words of each file. One that several files have stands for none of them, as long as each has another. */
function wordsOf(files: readonly EmbeddingFile[], choices: readonly EmbeddingChoice[]): string[][] {
  const wanted = files.map(({ words }, i) => {
    const said = choices[i]!.word
    return said === null ? words : [said]
  })
  const owners = new Map<string, number[]>()
  for (const [i, words] of wanted.entries())
    for (const word of words) owners.set(wordKey(word), [...(owners.get(wordKey(word)) ?? []), i])
  return wanted.map((words, i) => {
    const own = words.filter((word) => isSayable(word) && owners.get(wordKey(word))!.length === 1)
    if (own.length > 0) return own
    const { path } = files[i]!
    const other = owners.get(wordKey(words[0]!))?.find((index) => index !== i)
    throw usageFailure(
      other === undefined
        ? `no prompt can say '${words[0]}', which is what the embedding ${path} is called`
        : `the embeddings ${path} and ${files[other]!.path} are both called '${words[0]}'`,
      `give it a word of its own: some-word=${path}`,
    )
  })
}

async function readFitting(model: Model, choices: readonly EmbeddingChoice[], host: Host) {
  const files = await Promise.all(choices.map(({ path }) => readEmbedding(path, host)))
  const words = wordsOf(files, choices)
  const tables = model.textEncoders.map(({ graph }) => tableOf(model, graph.path))
  for (const file of files) checkFit(file, model, tables)
  return { files, words, tables }
}

const wordKey = (word: string): string => word.normalize('NFC').toLowerCase()

/** Brackets and backslashes have another meaning in prompts. */
const isSayable = (word: string): boolean => word.trim() !== '' && !/[()[\]\\]/.test(word)

type Table = { graph: OnnxGraph; table: Initializer }

function tableOf(model: Model, path: string): Table {
  const graph = readOnnxGraph(path)
  const table = graph && findTokenEmbedding(graph)
  if (graph && table) return { graph, table }
  throw environmentFailure(
    `the model ${model.name} can't learn words: its text encoder has no plain table of tokens`,
    'use an export that is neither fused nor quantised',
  )
}

function checkFit({ path, vectors }: EmbeddingFile, model: Model, tables: readonly Table[]): void {
  const widths = tables.map(({ table }) => table.dims[1]!)
  const own = vectors.map(({ width }) => width)
  if (own.join() !== widths.join()) {
    const trainedFor = own.length === 2 ? 'Stable Diffusion XL' : TRAINED_FOR[own[0]!]
    throw environmentFailure(
      `${path} does not fit the model ${model.name}: its vectors have ${own.join(' and ')} numbers, the model's ${widths.join(' and ')}`,
      trainedFor === undefined ? null : `it was trained for ${trainedFor}`,
    )
  }
  for (const [i, { rows }] of vectors.entries()) {
    const room = model.textEncoders[i]!.tokenizer.maxLength - 2
    if (rows <= room) continue
    throw environmentFailure(`${path} has ${rows} vectors, and a prompt's chunk has room for ${room}`)
  }
}

function stack(vectors: readonly Vectors[]): Float32Array {
  const rows = new Float32Array(vectors.reduce((sum, { data }) => sum + data.length, 0))
  let at = 0
  for (const { data } of vectors) {
    rows.set(data, at)
    at += data.length
  }
  return rows
}

/** `first` is the id of the first row. */
function learnedWords(
  words: readonly (readonly string[])[],
  vectors: readonly Vectors[],
  first: number,
): LearnedWord[] {
  let next = first
  return vectors.flatMap(({ rows }, i) => {
    const ids = Array.from({ length: rows }, () => next++)
    return words[i]!.map((word) => ({ word, ids }))
  })
}
