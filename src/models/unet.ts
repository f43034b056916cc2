// What a UNet's declared inputs say about the kind of model that it is of.

import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { refinerFailure } from './family.js'
import type { DeclaredTensor } from './graph-file.js'
import { asNumber, type JsonObject, readJsonObject } from './json-file.js'
import type { Graph, ModelFolder, UnetFacts } from './model.js'
import { readGraph } from './read-graph.js'

const INPUTS = ['sample', 'timestep', 'encoder_hidden_states']
const XL_INPUTS = ['text_embeds', 'time_ids']
const LCM_INPUT = 'timestep_cond'
const DEFAULT_CHANNELS = 4
/** Original size, crop, target size. The XL refiner has 5: an aesthetic score in place of the target size. */
const TIME_IDS = 6

/** By an input that only they have: models of Stable Diffusion's kind that are for something else. */
const OTHER_KINDS: readonly [RegExp, string][] = [
  [/^(?:controlnet_|conditioning_scale|down_block|mid_block)/, 'is made for a ControlNet'],
  [/^image_embeds$/, 'is made for an IP-Adapter'],
  [/^class_labels$/, 'is an upscaler'],
]

/** The config may be missing, and gives way to the graph. Fails (exit 3) when it is no UNet that can be run. */
export async function readUnet(
  { name, path }: ModelFolder,
  host: Host,
): Promise<{ graph: Graph; config: JsonObject | null; facts: UnetFacts }> {
  const graph = readGraph(join(path, 'unet', 'model.onnx'))
  const config = await readJsonObject(host, join(path, 'unet', 'config.json'))
  return { graph, config, facts: factsOf(name, graph, config) }
}

function factsOf(name: string, { inputs }: Graph, config: JsonObject | null): UnetFacts {
  const refuse = (why: string, hint: string | null = null) =>
    environmentFailure(
      `the model ${name} ${why}`,
      hint ?? `its UNet takes ${inputs.map((i) => i.name).join(', ')}`,
    )
  const input = (wanted: string): DeclaredTensor | null => inputs.find((i) => i.name === wanted) ?? null
  const missing = INPUTS.find((wanted) => input(wanted) === null)
  if (missing !== undefined) throw refuse(`is no Stable Diffusion export: its UNet has no input ${missing}`)

  const known = [...INPUTS, ...XL_INPUTS, LCM_INPUT]
  const unknown = inputs.find((i) => !known.includes(i.name))
  if (unknown !== undefined) {
    const kind = OTHER_KINDS.find(([pattern]) => pattern.test(unknown.name))?.[1]
    throw refuse(kind ? `${kind}, which isn't supported` : `can't be run: its UNet wants ${unknown.name} too`)
  }
  const [textEmbeds, timeIds] = XL_INPUTS.map(input) as [DeclaredTensor | null, DeclaredTensor | null]
  if ((textEmbeds === null) !== (timeIds === null))
    throw refuse('is no Stable Diffusion XL export: its UNet takes only one of text_embeds and time_ids')
  const ids = timeIds?.dims[1]
  if (ids === TIME_IDS - 1) throw refinerFailure(name)
  if (typeof ids === 'number' && ids !== TIME_IDS)
    throw refuse(`can't be run: its UNet wants ${ids} time_ids`)
  const cond = input(LCM_INPUT)
  const condWidth = cond && (fixed(cond.dims[1]) ?? asNumber(config?.time_cond_proj_dim))
  if (cond !== null && condWidth === null)
    throw refuse('does not say how wide its timestep_cond is', 'get it with its unet/config.json')
  return {
    channels: fixed(input('sample')!.dims[1]) ?? asNumber(config?.in_channels) ?? DEFAULT_CHANNELS,
    contextWidth: fixed(input('encoder_hidden_states')!.dims[2]) ?? asNumber(config?.cross_attention_dim),
    takesSize: timeIds !== null,
    textEmbedsWidth: textEmbeds && fixed(textEmbeds.dims[1]),
    timestepCondWidth: condWidth,
  }
}

/** A dimension that the graph holds to one value. */
export const fixed = (dimension: number | string | undefined): number | null =>
  typeof dimension === 'number' && dimension > 0 ? dimension : null
