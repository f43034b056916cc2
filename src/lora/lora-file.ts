// A LoRA file: which modules it changes, and how far. Factors are read when they are multiplied.

import { basename, dirname, join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { asNumber, isObject, type JsonObject, readJsonObject } from '../models/json-file.js'
import { openSafetensors, type SafetensorsFile, type TensorEntry } from '../models/safetensors.js'
import { type LoraKey, type Part, readKey } from './key-forms.js'

export type LoraModule = {
  part: Part
  /** Its path as the file has it, less prefixes. */
  module: string
  down: Factor
  /** Of some convolutions: rank × rank × height × width, between the other two (LoCon's Tucker form). */
  mid: Factor | null
  up: Factor
  rank: number
  /** What the product of the factors is multiplied with, before a user's weight: alpha / rank. */
  scale: number
}

/** A tensor: `down` is rank × inputs (× height × width), `up` outputs × rank (× 1 × 1). */
export type Factor = { name: string; shape: readonly number[] }

export type LoraFile = {
  path: string
  modules: readonly LoraModule[]
  /** A factor's numbers. Fails (exit 3) when the file is cut off. */
  read(factor: Factor): Promise<Float32Array>
}

/** In a folder given in place of a file: as diffusers and PEFT save them. */
const PEFT_FILE = 'adapter_model.safetensors'
const FILE_NAMES = ['pytorch_lora_weights.safetensors', PEFT_FILE]
const DIFFUSERS_SETTINGS = 'lora_adapter_metadata'
const PEFT_SETTINGS = 'adapter_config.json'
const PART_PREFIXES: Readonly<Record<Part, string>> = {
  unet: 'unet',
  textEncoder: 'text_encoder',
  textEncoder2: 'text_encoder_2',
}

/**
 * Reads names and shapes only. `place` is a file, or a folder that a training left. Fails (exit 3) when there is none, when it
 * is damaged, no LoRA, or an adapter of another kind.
 */
export async function openLora(place: string, host: Host): Promise<LoraFile> {
  const path = await findLora(place, host)
  const file = await openSafetensors(path, host)
  const settings = await readSettings(file, host)
  const parts = new Map<string, Partial<Record<LoraKey['role'], Factor>> & Pick<LoraKey, 'part' | 'module'>>()
  for (const [name, { shape }] of file.tensors) {
    const key = readKey(name)
    if (key === null) throw refuse(path, `it has a tensor ${name}, which is of no form that LoRA files have`)
    if ('unsupported' in key) throw refuse(path, `it is a ${key.unsupported}, which can't be merged yet`)
    if ('foreign' in key) throw refuse(path, `it is made for ${key.foreign}`)
    const id = `${key.part} ${key.module}`
    const part = parts.get(id) ?? { part: key.part, module: key.module }
    part[key.role] = { name, shape }
    parts.set(id, part)
  }
  const modules: LoraModule[] = []
  for (const { part, module, down, up, mid = null, alpha } of parts.values()) {
    if (!down || !up) throw refuse(path, `of ${module} it has only a part`)
    const rank = up.shape[1] ?? 0
    const isWhole =
      up.shape.length >= 2 &&
      down.shape.length >= 2 &&
      elements(up) === up.shape[0]! * rank &&
      down.shape[0] === rank &&
      (mid === null || (mid.shape.length === 4 && mid.shape[0] === rank && mid.shape[1] === rank))
    if (!isWhole) throw refuse(path, `the factors of ${module} don't fit each other`)
    const said = alpha && (await file.read(alpha.name))[0]!
    modules.push({
      part,
      module,
      down,
      up,
      mid,
      rank,
      scale: said === undefined ? settings(part, module, rank) : said / rank,
    })
  }
  if (modules.length === 0) throw refuse(path, 'it has no LoRA in it')
  return { path, modules, read: ({ name }) => file.read(name) }
}

const refuse = (path: string, why: string) =>
  environmentFailure(
    `the LoRA ${path} can't be used: ${why}`,
    'LoRA files of kohya, diffusers and PEFT for Stable Diffusion 1.x, 2.x and XL are supported',
  )

const elements = ({ shape }: Pick<TensorEntry, 'shape'>): number =>
  shape.reduce((product, side) => product * side, 1)

/** The file itself, where `place` may be its folder. Fails (exit 3) when there is none. */
export async function findLora(place: string, host: Host): Promise<string> {
  const stat = await host.stat(place)
  if (stat === null) throw environmentFailure(`there is no LoRA ${place}`, 'check the path')
  if (!stat.isDirectory) return place
  for (const name of FILE_NAMES) if ((await host.stat(join(place, name)))?.isFile) return join(place, name)
  throw environmentFailure(
    `the folder ${place} holds no LoRA`,
    `it would be called ${FILE_NAMES.join(' or ')}`,
  )
}

/** Scales of modules without an alpha tensor: from what PEFT keeps beside the file or diffusers in it, else 1. */
async function readSettings(
  { path, metadata }: SafetensorsFile,
  host: Host,
): Promise<(part: Part, module: string, rank: number) => number> {
  const own = parseObject(metadata.get(DIFFUSERS_SETTINGS))
  const isPeft = own === null && basename(path) === PEFT_FILE
  const beside = isPeft ? await readJsonObject(host, join(dirname(path), PEFT_SETTINGS)) : null
  if (beside?.use_dora === true) throw refuse(path, "it is a DoRA, which can't be merged yet")
  return (part, module, rank) => {
    const of = (name: string): unknown =>
      own === null ? beside?.[name] : own[`${PART_PREFIXES[part]}.${name}`]
    const alpha = patterned(of('alpha_pattern'), module) ?? asNumber(of('lora_alpha')) ?? rank
    return of('use_rslora') === true ? alpha / Math.sqrt(rank) : alpha / rank
  }
}

function parseObject(text: string | undefined): JsonObject | null {
  try {
    const value: unknown = text === undefined ? null : JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** PEFT's pattern: a module's path, or the end of one. */
function patterned(patterns: unknown, module: string): number | null {
  if (!isObject(patterns)) return null
  const found = Object.keys(patterns).find((key) => module === key || module.endsWith(`.${key}`))
  return found === undefined ? null : asNumber(patterns[found])
}
