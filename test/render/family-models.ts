// Model folders of every family, put together from the networks in test/golden; tools/golden/families.py says what they are.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type FamilyModel = {
  name: string
  folder: 'sd' | 'lcm' | 'sdxl'
  index: Record<string, unknown>
  scheduler: Record<string, unknown>
}

export type FamilyPicture = {
  model: string
  scheduler: string
  prompt: string
  negative: string
  seed: number
  steps: number
  guidance: number
  width: number
  height: number
  offset: number
}

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const json = JSON.parse(readFileSync(golden('families.json'), 'utf8'))

export const familyModels: FamilyModel[] = json.models
export const familyPictures: FamilyPicture[] = json.pictures
const pixels = readFileSync(golden('families.rgb'))

export const familyPixels = ({ offset, width, height }: FamilyPicture): Uint8Array =>
  pixels.subarray(offset, offset + 3 * width * height)

/** The path of a new folder in `parent`. */
export function assembleModel(name: string, parent: string): string {
  const { folder, index, scheduler } = familyModels.find((model) => model.name === name)!
  const path = join(parent, name)
  cpSync(golden('tiny-sd'), path, { recursive: true })
  if (folder !== 'sd') {
    // Another UNet, which says all that there is to say of itself.
    cpSync(golden(`families/${folder}`), path, { recursive: true })
    writeFileSync(join(path, 'unet/config.json'), '{"sample_size": 8}')
  }
  if (folder === 'sdxl') {
    cpSync(golden('tokenizer'), join(path, 'tokenizer_2'), { recursive: true })
    writeFileSync(join(path, 'tokenizer/special_tokens_map.json'), '{"pad_token": "<|endoftext|>"}')
  }
  mkdirSync(join(path, 'scheduler'), { recursive: true })
  writeFileSync(join(path, 'scheduler/scheduler_config.json'), JSON.stringify(scheduler))
  writeFileSync(join(path, 'model_index.json'), JSON.stringify(index))
  return path
}
