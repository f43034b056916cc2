// The small decoder that drafts use: the model's own, or TAESD where it is installed (https://github.com/madebyollin/taesd).

import { join } from 'node:path'
import type { Host } from '../host/host.js'
import { readOnnxGraph } from '../weights/onnx-graph.js'
import { asNumber, readJsonObject } from './json-file.js'
import type { Family, ModelFolder, Preview } from './model.js'
import { modelsFolder } from './models-folder.js'
import { previewNameOf } from './preview-names.js'
import { readGraph } from './read-graph.js'
import { fixed } from './unet.js'

/** Folders of a model, by preference. */
const OWN_FOLDERS = ['vae_decoder_preview', 'taesd_decoder']

/** Where one that is installed by itself lies in its folder. */
const INSTALLED_FOLDER = 'vae_decoder'

/** Both autoencoders have latents of four channels. */
const TAESD_CHANNELS = 4

/** What the last operator of a decoder is that gives 0…1; diffusers' AutoencoderTiny stretches it to −1…1. */
const UNSIGNED_ENDS = ['Conv', 'Clip', 'Sigmoid']

/** Null for none. Fails (exit 3) when it is there, but damaged. */
export async function findPreview(
  model: ModelFolder & { family: Family; latentChannels: number; scalingFactor: number },
  host: Host,
): Promise<Preview | null> {
  for (const name of OWN_FOLDERS) {
    const own = await readPreview(join(model.path, name), name.startsWith('taesd'), model.scalingFactor, host)
    if (own !== null) return own
  }
  if (model.latentChannels !== TAESD_CHANNELS) return null
  const installed = join(modelsFolder(host), previewNameOf(model.family), INSTALLED_FOLDER)
  return readPreview(installed, true, 1, host)
}

/**
 * It takes the same latents as the model's decoder, unless its config.json says how they are scaled, or it is TAESD, which takes
 * them as they come from the UNet.
 */
async function readPreview(
  folder: string,
  isTaesd: boolean,
  scalingFactor: number,
  host: Host,
): Promise<Preview | null> {
  const path = join(folder, 'model.onnx')
  if (!(await host.stat(path))?.isFile) return null
  const graph = readGraph(path)
  const config = await readJsonObject(host, join(folder, 'config.json'))
  const isTiny = isTaesd || config?._class_name === 'AutoencoderTiny'
  return {
    graph,
    folder,
    files: ['model.onnx', 'config.json'],
    scalingFactor: asNumber(config?.scaling_factor) ?? (isTiny ? 1 : scalingFactor),
    isUnsigned: isTiny && endsUnsigned(path),
  }
}

/** TAESD's own repository exports the network as it is, from latents (which it bounds by a tanh) to 0…1. */
function endsUnsigned(path: string): boolean {
  const graph = readOnnxGraph(path)
  if (!graph?.nodes.some(({ operator }) => operator === 'Tanh')) return false
  const end = graph.nodes.find(({ outputs }) => outputs.includes(graph.outputs[0]?.name ?? ''))
  return end !== undefined && UNSIGNED_ENDS.includes(end.operator)
}

/** Whether a graph can be one: four channels of latents → a picture. Fails (exit 3) when it can't be read. */
export function isPreviewDecoder(path: string): boolean {
  const { inputs, outputs } = readGraph(path)
  const [latents] = inputs
  return (
    inputs.length === 1 &&
    latents!.dims.length === 4 &&
    (fixed(latents!.dims[1]) ?? TAESD_CHANNELS) === TAESD_CHANNELS &&
    outputs[0]?.dims.length !== 2
  )
}
