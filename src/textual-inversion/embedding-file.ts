// Learned words (textual inversion): files with vectors that stand in a text encoder's input where tokens stand.

import { basename, extname } from 'node:path'
import { environmentFailure, type Failure, fileFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { openSafetensors } from '../models/safetensors.js'
import { ForbiddenName, readTorchFile, type TorchTensor, UnreadableTorchFile } from './torch-file.js'

/** Rows × width. */
export type Vectors = { rows: number; width: number; data: Float32Array }

export type EmbeddingFile = {
  path: string
  /** What it is called in prompts: its own name where the file has one, and the file's. */
  words: readonly string[]
  /** For the text encoder, or for the two of Stable Diffusion XL. */
  vectors: readonly [Vectors] | readonly [clipL: Vectors, clipG: Vectors]
}

/** Embeddings are small; what is larger is a whole model. */
const LARGEST_BYTES = 64 * 2 ** 20
const XL_KEYS = ['clip_l', 'clip_g'] as const
/** Of AUTOMATIC1111's web UI, as .pt and as .safetensors. */
const WEB_UI_KEY = 'string_to_param'
const NAMELESS = ['emb_params', '*']

/**
 * .safetensors, and .pt or .bin by torch.save, told apart by what is in them: one tensor (AUTOMATIC1111's `string_to_param` and
 * `emb_params`, or under the word itself as diffusers saves it), or `clip_l` and `clip_g`. Fails (exit 3) for anything else, for
 * a damaged file, and for one that would have to be executed to be read.
 */
export async function readEmbedding(path: string, host: Host): Promise<EmbeddingFile> {
  const stat = await host.stat(path)
  if (!stat?.isFile) throw environmentFailure(`there is no file ${path}`, 'check the path')
  if (stat.size > LARGEST_BYTES) throw refused(path, 'it is far too large for one', 'it may be a whole model')
  const head = await host.readRange(path, 0, 9).catch((error: unknown) => {
    throw fileFailure(error, `reading ${path}`)
  })
  const isTorch = (head[0] === 0x50 && head[1] === 0x4b) || head[0] === 0x80
  const { tensors, name } =
    isTorch && head[8] !== 0x7b ? await readTorch(path, host) : await readSafe(path, host)
  const words = [...new Set([name, wordOfFile(path)])].filter((word) => word !== null && word.trim() !== '')
  return { path, words: words as string[], vectors: vectorsOf(path, tensors) }
}

const wordOfFile = (path: string): string => basename(path, extname(path))

const refused = (path: string, why: string, hint: string | null = null): Failure =>
  environmentFailure(`${path} is no usable embedding: ${why}`, hint)

/** Tensors by key. `name` is what the file says it is called; null when it doesn't. */
type Read = { tensors: ReadonlyMap<string, TorchTensor>; name: string | null }

async function readSafe(path: string, host: Host): Promise<Read> {
  const file = await openSafetensors(path, host)
  if (file.tensors.size > XL_KEYS.length) throw manyTensors(path, [...file.tensors.keys()])
  const tensors = new Map<string, TorchTensor>()
  for (const [key, { shape }] of file.tensors) tensors.set(key, { shape, data: await file.read(key) })
  return { tensors, name: nameOf(tensors) }
}

async function readTorch(path: string, host: Host): Promise<Read> {
  const saved = readSaved(
    path,
    await host.readFile(path).catch((error: unknown) => {
      throw fileFailure(error, `reading ${path}`)
    }),
  )
  if (!(saved instanceof Map)) throw refused(path, 'it holds no words')
  const inner = saved.get(WEB_UI_KEY)
  if (inner instanceof Map) {
    const said = saved.get('name')
    return { tensors: tensorsIn(inner), name: typeof said === 'string' ? said : null }
  }
  const tensors = tensorsIn(saved)
  return { tensors, name: nameOf(tensors) }
}

function readSaved(path: string, bytes: Uint8Array): unknown {
  try {
    return readTorchFile(bytes)
  } catch (error) {
    if (error instanceof ForbiddenName) {
      throw refused(
        path,
        `it would run code: ${error.message}`,
        'nothing of it was run; get it as a .safetensors file',
      )
    }
    if (error instanceof UnreadableTorchFile) throw refused(path, error.message, 'get the file again')
    throw error
  }
}

const isTensor = (value: unknown): value is TorchTensor =>
  typeof value === 'object' && value !== null && 'shape' in value && 'data' in value

const tensorsIn = (saved: ReadonlyMap<unknown, unknown>): Map<string, TorchTensor> =>
  new Map([...saved].filter((pair): pair is [string, TorchTensor] => isTensor(pair[1])))

function nameOf(tensors: Read['tensors']): string | null {
  const [key] = tensors.keys()
  return key === undefined || tensors.size > 1 || NAMELESS.includes(key) ? null : key
}

function vectorsOf(path: string, tensors: Read['tensors']): EmbeddingFile['vectors'] {
  const [clipL, clipG] = XL_KEYS.map((key) => tensors.get(key))
  if (clipL && clipG && tensors.size === 2) return [rowsOf(path, clipL), rowsOf(path, clipG)]
  const [only] = tensors.values()
  if (only === undefined || tensors.size > 1) throw manyTensors(path, [...tensors.keys()])
  return [rowsOf(path, only)]
}

const manyTensors = (path: string, keys: readonly string[]): Failure =>
  keys.length === 0
    ? refused(path, 'it holds no tensors')
    : refused(
        path,
        `it holds ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`,
        'one tensor is an embedding, or two that are called clip_l and clip_g',
      )

function rowsOf(path: string, { shape, data }: TorchTensor): Vectors {
  const [rows, width] = shape.length === 1 ? [1, shape[0]!] : shape
  if (shape.length < 1 || shape.length > 2 || !rows || !width)
    throw refused(path, `its tensor has the shape ${shape.join('×') || 'of one number'}`)
  return { rows, width, data }
}
