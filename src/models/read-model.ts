// Reads a model folder in the diffusers ONNX layout and checks that it is whole.

import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { checkChannels, checkWidths } from './check-parts.js'
import { type FamilyDefaults, familyDefaults, resolveFamily, resolvePipeline } from './family.js'
import { asNumber, isObject, type JsonObject, readJsonObject } from './json-file.js'
import type { Graph, Model, ModelDefaults, ModelFolder, PipelineKind, Size, TextEncoder } from './model.js'
import { findPreview } from './preview.js'
import { checkWeights, readGraph } from './read-graph.js'
import { readSafetyChecker } from './safety-checker.js'
import { textOutputs } from './text-outputs.js'
import { readTokenizer } from './tokenizer-files.js'
import { fixed, readUnet } from './unet.js'

const NEEDED = [
  'text_encoder/model.onnx',
  'unet/model.onnx',
  'vae_decoder/model.onnx',
  'tokenizer/vocab.json',
  'tokenizer/merges.txt',
  'scheduler/scheduler_config.json',
]
const NEEDED_BY_XL = ['text_encoder_2/model.onnx', 'tokenizer_2/vocab.json', 'tokenizer_2/merges.txt']

/** storyreel's own addition to the layout. */
export const UPSCALER = 'upscaler/model.onnx'

/** AutoencoderKL's own, where its config.json leaves it out. */
const CLASS_SCALING_FACTOR = 0.18215
const DEFAULT_VAE_SCALE = 8
const DEFAULT_CHANNELS = 4
const DEFAULT_UNET_BLOCKS = 4
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
  resolvePipeline(folder.name, index, null)
  await checkWhole(folder, NEEDED, host)
  const { graph: unetGraph, config: unetConfig, facts: unet } = await readUnet(folder, host)
  const pipeline = resolvePipeline(folder.name, index, unet)
  if (pipeline === 'StableDiffusionXL') await checkWhole(folder, NEEDED_BY_XL, host)

  const schedulerConfig = (await readJsonObject(host, at('scheduler/scheduler_config.json')))!
  const family = resolveFamily(folder.name, index, pipeline, unet, schedulerConfig)
  const usual = familyDefaults(family, schedulerConfig)
  const vae = await readVae(folder, usual, host)
  const latentChannels =
    vae.channels ??
    asNumber(unetConfig?.out_channels) ??
    fixed(unetGraph.outputs[0]?.dims[1]) ??
    DEFAULT_CHANNELS
  checkChannels(folder.name, unet.channels, latentChannels)
  const textEncoders = await readTextEncoders(folder, pipeline, host)
  checkWidths(folder.name, textEncoders, unet)
  const preview = await findPreview(
    { ...folder, family, latentChannels, scalingFactor: vae.scalingFactor },
    host,
  )
  const safetyChecker = await readSafetyChecker(folder, index, host)
  const graphs = [
    unetGraph,
    vae.decoder,
    vae.encoder,
    preview?.graph,
    safetyChecker?.graph,
    ...textEncoders.map((e) => e.graph),
  ]
  for (const graph of graphs) if (graph) await checkWeights(graph, host)

  const own = isObject(index.storyreel) ? index.storyreel : {}
  return {
    name: folder.name,
    path: folder.path,
    family,
    pipeline,
    textEncoders,
    graphs: { unet: unetGraph, vaeDecoder: vae.decoder, vaeEncoder: vae.encoder },
    unet,
    safetyChecker,
    upscaler: (await host.stat(at(UPSCALER)))?.isFile ? at(UPSCALER) : null,
    schedulerConfig,
    scalingFactor: vae.scalingFactor,
    latentChannels,
    zerosForEmptyNegative: pipeline === 'StableDiffusionXL' && index.force_zeros_for_empty_prompt !== false,
    preview,
    vaeScale: vae.scale,
    vaeTile: vae.tile,
    sideStep: vae.scale * halvingsOf(unetConfig),
    defaults: readDefaults(own, usual, schedulerConfig),
    sizes: readSizes(own, unetGraph, unetConfig, usual.sampleSize, vae.scale),
    warnings: vae.warnings,
  }
}

async function readTextEncoders(
  { name, path }: ModelFolder,
  pipeline: PipelineKind,
  host: Host,
): Promise<TextEncoder[]> {
  const read = async (suffix: string, kind: Parameters<typeof textOutputs>[2]): Promise<TextEncoder> => {
    const graph = readGraph(join(path, `text_encoder${suffix}`, 'model.onnx'))
    const tokenizer = await readTokenizer(host, join(path, `tokenizer${suffix}`))
    return { graph, outputs: textOutputs(name, graph, kind), tokenizer }
  }
  if (pipeline !== 'StableDiffusionXL') return [await read('', 'only')]
  return [await read('', 'first'), await read('_2', 'second')]
}

async function readVae(folder: ModelFolder, usual: FamilyDefaults, host: Host) {
  const at = (relative: string) => join(folder.path, relative)
  const config =
    (await readJsonObject(host, at('vae_decoder/config.json'))) ??
    (await readJsonObject(host, at('vae/config.json')))
  const blocks = config?.block_out_channels
  const scale = Array.isArray(blocks) ? 2 ** (blocks.length - 1) : DEFAULT_VAE_SCALE
  const decoder = readGraph(at('vae_decoder/model.onnx'))
  const encoderPath = at('vae_encoder/model.onnx')
  const [input, ...more] = decoder.inputs
  if (input?.dims.length !== 4 || more.length > 0) {
    throw environmentFailure(
      `the model ${folder.name} has no VAE decoder that can be used: ${decoder.path} has other inputs than latents`,
      `its inputs are ${decoder.inputs.map(({ name, dims }) => `${name} (${dims.join(' x ')})`).join(', ')}`,
    )
  }
  return {
    decoder,
    encoder: (await host.stat(encoderPath))?.isFile ? readGraph(encoderPath) : null,
    channels: fixed(input.dims[1]) ?? asNumber(config?.latent_channels),
    scalingFactor:
      config === null ? usual.scalingFactor : (asNumber(config.scaling_factor) ?? CLASS_SCALING_FACTOR),
    scale,
    tile: tileSide(config?.sample_size, scale) ?? usual.sampleSize * scale,
    warnings:
      config === null
        ? [`the VAE has no config.json: taking the usual scaling factor ${usual.scalingFactor}`]
        : [],
  }
}

/** How many latents of a side become one, in the UNet's middle. */
function halvingsOf(unetConfig: JsonObject | null): number {
  const blocks = unetConfig?.block_out_channels
  return 2 ** ((Array.isArray(blocks) ? blocks.length : DEFAULT_UNET_BLOCKS) - 1)
}

/** Of a VAE's sample_size in pixels: a side whose latents can be quartered, for tiles that overlap by that much. */
function tileSide(sampleSize: unknown, scale: number): number | null {
  const side = asNumber(Array.isArray(sampleSize) ? sampleSize[0] : sampleSize)
  return side === null ? null : Math.max(4, Math.floor(side / scale / 4) * 4) * scale
}

async function checkWhole(folder: ModelFolder, files: readonly string[], host: Host): Promise<void> {
  const missing: string[] = []
  for (const file of files) {
    const stat = await host.stat(join(folder.path, file))
    if (!stat?.isFile || stat.size === 0) missing.push(file)
  }
  if (missing.length === 0) return
  throw environmentFailure(
    `the model ${folder.name} is not whole: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing or empty`,
    `look into ${folder.path}, or get the model again`,
  )
}

/** The optional "storyreel" entry of model_index.json wins over what is usual for the family. */
function readDefaults(own: JsonObject, usual: FamilyDefaults, schedulerConfig: JsonObject): ModelDefaults {
  return {
    steps: asNumber(own.steps) ?? usual.steps,
    guidance: asNumber(own.guidance) ?? usual.guidance,
    guidanceRescale: asNumber(own.guidanceRescale) ?? 0,
    scheduler:
      typeof schedulerConfig._class_name === 'string' ? schedulerConfig._class_name : DEFAULT_SCHEDULER,
  }
}

/** The one that the graph is fixed to; else `size` before the other `sizes`; else what the UNet was trained on. */
function readSizes(
  own: JsonObject,
  { inputs }: Graph,
  unetConfig: JsonObject | null,
  usualSampleSize: number,
  vaeScale: number,
): Size[] {
  const [height, width] = inputs
    .find(({ name }) => name === 'sample')!
    .dims.slice(2)
    .map(fixed)
  if (height && width) return [{ width: width * vaeScale, height: height * vaeScale }]
  const said = [own.size, ...(Array.isArray(own.sizes) ? own.sizes : [])]
    .map(readSize)
    .filter((size) => size !== null)
  const distinct = said.filter((size, i) => said.findIndex((other) => isSameSize(other, size)) === i)
  return distinct.length > 0 ? distinct : [nativeSize(unetConfig, usualSampleSize, vaeScale)]
}

const isSameSize = (a: Size, b: Size) => a.width === b.width && a.height === b.height

function nativeSize(unetConfig: JsonObject | null, usualSampleSize: number, vaeScale: number): Size {
  const sample = unetConfig?.sample_size
  const [height, width] = Array.isArray(sample) ? sample.map(asNumber) : [asNumber(sample), asNumber(sample)]
  return {
    width: (width ?? usualSampleSize) * vaeScale,
    height: (height ?? usualSampleSize) * vaeScale,
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
