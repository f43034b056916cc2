// Reads a model folder in the diffusers ONNX layout and checks that it is whole.

import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { resolveFamily } from './family.js'
import { asNumber, isObject, type JsonObject, readJsonObject } from './json-file.js'
import type { Model, ModelDefaults, ModelFolder, Size } from './model.js'
import { readTokenizer } from './tokenizer-files.js'

const NEEDED = {
  textEncoder: 'text_encoder/model.onnx',
  unet: 'unet/model.onnx',
  vaeDecoder: 'vae_decoder/model.onnx',
  vocab: 'tokenizer/vocab.json',
  merges: 'tokenizer/merges.txt',
  scheduler: 'scheduler/scheduler_config.json',
}

/** storyreel's own addition to the layout. */
export const UPSCALER = 'upscaler/model.onnx'

/** By preference. */
const PREVIEW_FOLDERS = ['vae_decoder_preview', 'taesd_decoder']

/** AutoencoderKL's own default, for exports without component configs. */
const DEFAULT_SCALING_FACTOR = 0.18215
const DEFAULT_VAE_SCALE = 8
const DEFAULT_CHANNELS = 4
const DEFAULT_SAMPLE_SIZE = 64
const DEFAULT_STEPS = 25
const DEFAULT_GUIDANCE = 7.5
const DEFAULT_SCHEDULER = 'DDIMScheduler'

export type { Model } from './model.js'

/** Fails (exit 3) when the folder lacks files (all of them named), holds damaged ones, or is of another family. */
export async function readModel(folder: ModelFolder, host: Host): Promise<Model> {
  const at = (relative: string) => join(folder.path, relative)
  const index = await readJsonObject(host, at('model_index.json'))
  if (index === null) {
    throw environmentFailure(
      `${folder.path} is no model: it has no model_index.json`,
      'give a folder in the diffusers layout',
    )
  }
  const unetConfig = await readJsonObject(host, at('unet/config.json'))
  const family = resolveFamily(folder.name, index, unetConfig)
  await checkWhole(folder, host)

  const vaeConfig =
    (await readJsonObject(host, at('vae_decoder/config.json'))) ??
    (await readJsonObject(host, at('vae/config.json')))
  const vaeScale = Array.isArray(vaeConfig?.block_out_channels)
    ? 2 ** (vaeConfig.block_out_channels.length - 1)
    : DEFAULT_VAE_SCALE
  const schedulerConfig = (await readJsonObject(host, at(NEEDED.scheduler)))!
  const scalingFactor = asNumber(vaeConfig?.scaling_factor) ?? DEFAULT_SCALING_FACTOR
  const own = isObject(index.storyreel) ? index.storyreel : {}
  return {
    name: folder.name,
    path: folder.path,
    family,
    graphs: { textEncoder: at(NEEDED.textEncoder), unet: at(NEEDED.unet), vaeDecoder: at(NEEDED.vaeDecoder) },
    upscaler: (await host.stat(at(UPSCALER)))?.isFile ? at(UPSCALER) : null,
    tokenizer: await readTokenizer(host, at('tokenizer')),
    schedulerConfig,
    scalingFactor,
    preview: await readPreview(folder, scalingFactor, host),
    latentChannels:
      asNumber(unetConfig?.in_channels) ?? asNumber(vaeConfig?.latent_channels) ?? DEFAULT_CHANNELS,
    vaeScale,
    defaults: readDefaults(own, schedulerConfig),
    sizes: readSizes(own, unetConfig, vaeScale),
    warnings:
      vaeConfig === null ? ['the VAE has no config.json: taking the usual scaling factor 0.18215'] : [],
  }
}

/**
 * A preview decoder takes the same latents as the decoder, unless its config.json says how they are scaled: an export of
 * diffusers' AutoencoderTiny (TAESD) takes them as they come from the UNet.
 */
async function readPreview(
  folder: ModelFolder,
  scalingFactor: number,
  host: Host,
): Promise<Model['preview']> {
  for (const name of PREVIEW_FOLDERS) {
    const graph = join(folder.path, name, 'model.onnx')
    if (!(await host.stat(graph))?.isFile) continue
    const files = [`${name}/model.onnx`, `${name}/config.json`]
    const config = await readJsonObject(host, join(folder.path, name, 'config.json'))
    const isTiny = name.startsWith('taesd') || config?._class_name === 'AutoencoderTiny'
    return { graph, files, scalingFactor: asNumber(config?.scaling_factor) ?? (isTiny ? 1 : scalingFactor) }
  }
  return null
}

async function checkWhole(folder: ModelFolder, host: Host): Promise<void> {
  const missing: string[] = []
  for (const file of Object.values(NEEDED)) {
    const stat = await host.stat(join(folder.path, file))
    if (!stat?.isFile || stat.size === 0) missing.push(file)
  }
  if (missing.length === 0) return
  throw environmentFailure(
    `the model ${folder.name} is not whole: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing or empty`,
    `look into ${folder.path}, or get the model again`,
  )
}

/** The optional "storyreel" entry of model_index.json wins; without it, what is usual for Stable Diffusion. */
function readDefaults(own: JsonObject, schedulerConfig: JsonObject): ModelDefaults {
  return {
    steps: asNumber(own.steps) ?? DEFAULT_STEPS,
    guidance: asNumber(own.guidance) ?? DEFAULT_GUIDANCE,
    scheduler:
      typeof schedulerConfig._class_name === 'string' ? schedulerConfig._class_name : DEFAULT_SCHEDULER,
  }
}

/** `size` before the other `sizes`; what the UNet was trained on when the model says neither. */
function readSizes(own: JsonObject, unetConfig: JsonObject | null, vaeScale: number): Size[] {
  const said = [own.size, ...(Array.isArray(own.sizes) ? own.sizes : [])]
    .map(readSize)
    .filter((size) => size !== null)
  const distinct = said.filter((size, i) => said.findIndex((other) => isSameSize(other, size)) === i)
  return distinct.length > 0 ? distinct : [nativeSize(unetConfig, vaeScale)]
}

const isSameSize = (a: Size, b: Size) => a.width === b.width && a.height === b.height

function nativeSize(unetConfig: JsonObject | null, vaeScale: number): Size {
  const sample = unetConfig?.sample_size
  const [height, width] = Array.isArray(sample) ? sample.map(asNumber) : [asNumber(sample), asNumber(sample)]
  return {
    width: (width ?? DEFAULT_SAMPLE_SIZE) * vaeScale,
    height: (height ?? DEFAULT_SAMPLE_SIZE) * vaeScale,
  }
}

/** `"320x192"`, `[320, 192]` or `{"width": 320, "height": 192}`. */
function readSize(value: unknown): Size | null {
  const parts =
    typeof value === 'string'
      ? value.split('x').map(Number)
      : Array.isArray(value)
        ? value
        : isObject(value)
          ? [value.width, value.height]
          : []
  const [width, height] = parts.map(asNumber)
  return width && height ? { width, height } : null
}
