// The classifier that a model may ship, which looks at every finished picture: diffusers' StableDiffusionSafetyChecker as ONNX,
// and how its feature extractor (CLIPImageProcessor) prepares pictures for it.

import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { asNumber, isObject, type JsonObject, readJsonObject } from './json-file.js'
import type { Graph, ModelFolder, PicturePreparation, SafetyChecker, Size } from './model.js'
import { readGraph } from './read-graph.js'
import { fixed } from './unet.js'

const GRAPH = 'safety_checker/model.onnx'
const PREPROCESSOR = 'feature_extractor/preprocessor_config.json'

/** CLIPImageProcessor's own, where the config is silent. */
const CLIP: PicturePreparation = {
  resize: { shortestEdge: 224 },
  kernel: 'bicubic',
  crop: { width: 224, height: 224 },
  factor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
}

/** By their numbers in Pillow. */
const KERNELS: Readonly<Record<number, PicturePreparation['kernel']>> = {
  1: 'lanczos',
  2: 'bilinear',
  3: 'bicubic',
}

/** Null where the folder has none, or `index` (model_index.json) says that it has none. Fails (exit 3) for one that can't be used. */
export async function readSafetyChecker(
  folder: ModelFolder,
  index: JsonObject,
  host: Host,
): Promise<SafetyChecker | null> {
  const path = join(folder.path, GRAPH)
  if (isDisowned(index) || !(await host.stat(path))?.isFile) return null
  const graph = readGraph(path)
  const refuse = (why: string, hint: string) =>
    environmentFailure(
      `the safety checker of the model ${folder.name} can't be used: ${why}`,
      `${hint}; without its folder safety_checker the model has none`,
    )
  const [picture, images] = inputsOf(graph)
  const verdict = graph.outputs.find(({ name, type }) => name === 'has_nsfw_concepts' || type === 'bool')
  if (picture === undefined || verdict === undefined) {
    const names = [...graph.inputs, ...graph.outputs].map(({ name }) => name).join(', ')
    throw refuse(`${path} has no clip_input or no has_nsfw_concepts`, `its inputs and outputs are ${names}`)
  }
  const preparation = readPreparation((await readJsonObject(host, join(folder.path, PREPROCESSOR))) ?? {})
  if (preparation === null) throw refuse(`${PREPROCESSOR} can't be read`, 'get the model again')
  const [height, width] = picture.dims.slice(2).map(fixed)
  const { crop } = preparation
  if (crop !== null && ((height ?? crop.height) !== crop.height || (width ?? crop.width) !== crop.width)) {
    throw refuse(
      `it takes ${width}x${height} pixels, and its feature extractor makes ${crop.width}x${crop.height}`,
      'get the model again',
    )
  }
  return {
    graph,
    files: [GRAPH, ...graph.weights.map(({ location }) => join('safety_checker', location)), PREPROCESSOR],
    preparation,
    picture: picture.name,
    images: images === undefined ? null : { name: images.name, dims: images.dims },
    verdict: verdict.name,
  }
}

/** Said by a null in place of its class, or for the whole pipeline. */
function isDisowned({ safety_checker: entry, requires_safety_checker: required }: JsonObject): boolean {
  return required === false || entry === null || (Array.isArray(entry) && entry.includes(null))
}

/** The one with the prepared picture (B × 3 × H × W), and the one with the pictures to black out (B × H × W × 3). */
function inputsOf({ inputs }: Graph): [Graph['inputs'][number]?, Graph['inputs'][number]?] {
  const picture = inputs.find(({ name }) => name === 'clip_input') ?? inputs.find(({ dims }) => dims[1] === 3)
  return [picture, inputs.find((input) => input !== picture)]
}

/** Null for numbers that make no sense. Sizes are as in the config of any version: a number, or an object. */
function readPreparation(config: JsonObject): PicturePreparation | null {
  const does = (what: string) => config[what] !== false
  const resample = config.resample === undefined ? CLIP.kernel : KERNELS[asNumber(config.resample) ?? -1]
  const resize = does('do_resize') ? readResize(config.size) : null
  const crop = does('do_center_crop') ? readSides(config.crop_size, CLIP.crop) : null
  const mean = readChannels(config.image_mean, CLIP.mean)
  const std = readChannels(config.image_std, CLIP.std)
  if (resample === undefined || resize === undefined || crop === undefined) return null
  if (mean === null || std?.every((value) => value > 0) !== true) return null
  const isNormalized = does('do_normalize')
  return {
    resize,
    kernel: resample,
    crop,
    factor: does('do_rescale') ? (asNumber(config.rescale_factor) ?? CLIP.factor) : 1,
    mean: isNormalized ? mean : [0, 0, 0],
    std: isNormalized ? std : [1, 1, 1],
  }
}

function readResize(size: unknown): PicturePreparation['resize'] | undefined {
  const edge = asNumber(size) ?? (isObject(size) ? asNumber(size.shortest_edge) : null)
  return edge !== null && edge > 0 ? { shortestEdge: edge } : readSides(size, CLIP.resize)
}

function readSides<T>(value: unknown, usual: T): T | Size | undefined {
  if (value === undefined) return usual
  const { width, height } = isObject(value) ? value : { width: value, height: value }
  const sides = { width: asNumber(width) ?? 0, height: asNumber(height) ?? 0 }
  return sides.width > 0 && sides.height > 0 ? sides : undefined
}

function readChannels(value: unknown, usual: readonly number[]): readonly number[] | null {
  if (value === undefined) return usual
  return Array.isArray(value) && value.length === 3 && value.every((n) => asNumber(n) !== null) ? value : null
}
