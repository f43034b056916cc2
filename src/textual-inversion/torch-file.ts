// Tensors out of files by torch.save, in the zip form of torch 1.6 and later and in the form before it
// (pytorch torch/serialization.py). Of Python's objects only dicts and tensors come to life; nothing is executed.

import { bfloatsToFloats } from '../floats/bfloat.js'
import { halvesToFloats } from '../floats/half.js'
import { type Known, MalformedPickle, type PickleRules, unpickle } from './pickle.js'
import { readStoredZip } from './zip.js'

export { ForbiddenName } from './pickle.js'

export type TorchTensor = { shape: readonly number[]; data: Float32Array }

/** Why a file isn't read. */
export class UnreadableTorchFile extends Error {}

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn
const LEGACY_PROTOCOL = 1001
const MOST_ELEMENTS = 2 ** 26
const DEEPEST = 16

const copy = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
const STORAGES: Record<string, { bytes: number; floats: (bytes: Uint8Array) => Float32Array }> = {
  FloatStorage: { bytes: 4, floats: (bytes) => new Float32Array(copy(bytes)) },
  DoubleStorage: { bytes: 8, floats: (bytes) => Float32Array.from(new Float64Array(copy(bytes))) },
  HalfStorage: { bytes: 2, floats: (bytes) => halvesToFloats(new Uint16Array(copy(bytes))) },
  BFloat16Storage: { bytes: 2, floats: (bytes) => bfloatsToFloats(new Uint16Array(copy(bytes))) },
  LongStorage: {
    bytes: 8,
    floats: (bytes) =>
      Float32Array.from(new BigInt64Array(copy(bytes)) as unknown as ArrayLike<bigint>, Number),
  },
}

/** A tensor before its storage is there. */
class PickledTensor {
  readonly storage: PickledStorage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  constructor(storage: PickledStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage
    this.offset = offset
    this.shape = shape
    this.strides = strides
  }
}

class PickledStorage {
  readonly type: string
  readonly key: string
  constructor(type: string, key: string) {
    this.type = type
    this.key = key
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const areCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount)

const STORAGE_NAMES = new Map<string, Known>(Object.keys(STORAGES).map((type) => [`torch.${type}`, {}]))

const NAMES: PickleRules['names'] = new Map<string, Known>([
  ...STORAGE_NAMES,
  ['collections.OrderedDict', { call: () => new Map() }],
  ['torch._utils._rebuild_tensor_v2', { call: rebuildTensor }],
  ['torch._utils._rebuild_parameter', { call: ([tensor]) => tensor ?? null }],
])

function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): PickledTensor {
  const isWhole =
    storage instanceof PickledStorage &&
    isCount(offset) &&
    areCounts(shape) &&
    areCounts(strides) &&
    shape.length === strides.length
  if (!isWhole) throw new MalformedPickle()
  return new PickledTensor(storage, offset, shape, strides)
}

/** `('storage', type, key, device, elements, …)`. */
function storageOfId(id: unknown): PickledStorage {
  const [kind, type, key] = Array.isArray(id) ? id : []
  const name = [...STORAGE_NAMES].find(([, known]) => known === type)?.[0]
  // Views of a storage come from torch 0.3 and before.
  if (kind !== 'storage' || name === undefined || typeof key !== 'string' || (id as unknown[])[5])
    throw new MalformedPickle()
  return new PickledStorage(name.slice('torch.'.length), key)
}

const RULES: PickleRules = { names: NAMES, persistent: storageOfId }

/**
 * What was saved, dicts as Maps. Throws UnreadableTorchFile, saying why, and ForbiddenName for a file that asks for anything but
 * tensors, dicts and numbers.
 */
export function readTorchFile(bytes: Uint8Array): unknown {
  try {
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
    const { value, storages } = isZip ? readZipForm(bytes) : readLegacyForm(bytes)
    return withData(value, storages)
  } catch (error) {
    if (error instanceof MalformedPickle)
      throw new UnreadableTorchFile('it is damaged, or holds more than tensors')
    throw error
  }
}

type Pickled = { value: unknown; storages: ReadonlyMap<string, Uint8Array> }

function readZipForm(bytes: Uint8Array): Pickled {
  const files = readStoredZip(bytes)
  const pickle = files && [...files].find(([name]) => name.endsWith('/data.pkl'))
  if (!files || !pickle) throw new UnreadableTorchFile('it is damaged, or no archive of torch.save')
  const folder = pickle[0].slice(0, -'data.pkl'.length)
  const order = files.get(`${folder}byteorder`)
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    throw new UnreadableTorchFile('its numbers are big-endian')
  const prefix = `${folder}data/`
  const storages = [...files]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, content]) => [name.slice(prefix.length), content] as const)
  return { value: unpickle(pickle[1], RULES).value, storages: new Map(storages) }
}

function readLegacyForm(bytes: Uint8Array): Pickled {
  let at = 0
  const next = (): unknown => {
    const { value, end } = unpickle(bytes, RULES, at)
    at = end
    return value
  }
  if (next() !== LEGACY_MAGIC || next() !== LEGACY_PROTOCOL)
    throw new UnreadableTorchFile('it is no file of torch.save')
  const system = next()
  if (system instanceof Map && system.get('little_endian') === false)
    throw new UnreadableTorchFile('its numbers are big-endian')
  const value = next()
  const keys = next()
  const types = new Map(storagesIn(value).map(({ key, type }) => [key, type]))
  if (!Array.isArray(keys)) throw new MalformedPickle()
  const storages = new Map<string, Uint8Array>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const key of keys) {
    const type = types.get(key)
    if (type === undefined || at + 8 > bytes.length) throw new MalformedPickle()
    const length = Number(view.getBigUint64(at, true)) * STORAGES[type]!.bytes
    at += 8
    if (at + length > bytes.length) throw new MalformedPickle()
    storages.set(key, bytes.subarray(at, at + length))
    at += length
  }
  return { value, storages }
}

/** A pickle may hold itself, and one thing many times over. */
function storagesIn(value: unknown): PickledStorage[] {
  const found: PickledStorage[] = []
  const seen = new Set<unknown>()
  const waiting = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (seen.has(next)) continue
    seen.add(next)
    if (next instanceof PickledTensor) found.push(next.storage)
    else if (next instanceof Map) for (const part of next.values()) waiting.push(part)
    else if (Array.isArray(next)) for (const part of next) waiting.push(part)
  }
  return found
}

/** Each thing is made once, however often it is held. */
function withData(
  value: unknown,
  storages: Pickled['storages'],
  made = new Map<unknown, unknown>(),
  depth = 0,
): unknown {
  if (value instanceof PickledTensor) return readTensor(value, storages)
  if (!(value instanceof Map) && !Array.isArray(value)) return value
  if (made.has(value)) return made.get(value)
  if (depth === DEEPEST) throw new MalformedPickle()
  const inner = (part: unknown) => withData(part, storages, made, depth + 1)
  const found =
    value instanceof Map ? new Map([...value].map(([key, part]) => [key, inner(part)])) : value.map(inner)
  made.set(value, found)
  return found
}

function readTensor(
  { storage, offset, shape, strides }: PickledTensor,
  storages: Pickled['storages'],
): TorchTensor {
  const bytes = storages.get(storage.key)
  const { bytes: each, floats } = STORAGES[storage.type]!
  if (bytes === undefined || bytes.length % each !== 0) throw new MalformedPickle()
  const count = shape.reduce((product, side) => product * side, 1)
  const last = shape.reduce((sum, side, i) => sum + (side - 1) * strides[i]!, offset)
  if (count > MOST_ELEMENTS || (count > 0 && last >= bytes.length / each)) throw new MalformedPickle()
  const all = floats(bytes)
  const data = new Float32Array(count)
  const index = shape.map(() => 0)
  for (let i = 0; i < count; i++) {
    data[i] = all[index.reduce((sum, at, axis) => sum + at * strides[axis]!, offset)]!
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0
  }
  return { shape, data }
}
