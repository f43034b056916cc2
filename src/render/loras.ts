// A model with LoRAs in it: merged graphs are made once and kept in the cache.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { type Addend, addDeltas, type Multiply } from '../lora/delta.js'
import type { Part } from '../lora/key-forms.js'
import { type LoraFile, openLora } from '../lora/lora-file.js'
import { type Match, matchLora, type Network, networkOf } from '../lora/match.js'
import type { Graph, Model } from '../models/model.js'
import { readGraph } from '../models/read-graph.js'
import type { Store } from '../store/store.js'
import type { ModuleWeight } from '../weights/module-weights.js'
import { readOnnxGraph } from '../weights/onnx-graph.js'
import { patchGraph, type WeightChange } from '../weights/patch-graph.js'
import { type FileDigests, graphDigests, openFileDigests } from './file-digests.js'
import { openMultiply } from './multiply.js'

/** A file, or a folder with one in it, and how much of it is added; 1 is what it was trained for. */
export type LoraChoice = { path: string; weight: number }

/** Changes when the same LoRA would make other numbers. */
const FORMAT = 'lora 1'

/** `FILE` or `FILE:WEIGHT`. A file whose name ends like a weight is taken by its name. @throws Failure (usage). */
export async function readLoraChoice(text: string, host: Host): Promise<LoraChoice> {
  const match = /^(.+):([^:/\\]*)$/.exec(text)
  const isPath = match === null || /^[a-z]$/i.test(match[1]!) || (await host.stat(text)) !== null
  if (isPath) return { path: text, weight: 1 }
  const [, path, said] = match as unknown as [string, string, string]
  const weight = Number(said)
  if (said.trim() === '' || !Number.isFinite(weight))
    throw usageFailure(`--lora ${text}: '${said}' is no weight`, 'write it like style.safetensors:0.8')
  return { path, weight }
}

/**
 * The model with merged graphs in place of its own; the same model for no LoRAs. Merged graphs are kept by the digests of the
 * graph and the LoRAs. Fails (exit 3) when a LoRA is damaged, of another family or can't be merged.
 */
export async function withLoras(
  model: Model,
  choices: readonly LoraChoice[],
  {
    host,
    store,
    threads,
    signal,
  }: { host: Host; store: Store; threads: number; signal?: AbortSignal | undefined },
): Promise<Model> {
  if (choices.length === 0) return model
  const networks = networksOf(model)
  const digests = await openFileDigests(host, store)
  const warnings = [...model.warnings]
  const used: Used[] = []
  for (const { path, weight } of choices) {
    const lora = await openLora(path, host)
    const { matches, warning } = matchLora(lora, networks, model.name)
    if (warning !== null) warnings.push(warning)
    used.push({ lora, weight, matches, sha256: await digests.of(lora.path) })
  }
  // Sums don't depend on the order of their terms, but their rounding does.
  used.sort((a, b) => (a.sha256 < b.sha256 ? -1 : a.sha256 > b.sha256 ? 1 : a.weight - b.weight))

  let multiplying = null as ReturnType<typeof openMultiply> | null
  const merged = new Map<Part, Graph>()
  try {
    for (const network of networks) {
      const own = used.filter((u) => u.weight !== 0 && u.matches.some((match) => match.network === network))
      if (own.length === 0) continue
      const key = await keyOf(network, own, digests)
      const known = await store.get(key)
      const { path } =
        typeof known === 'object'
          ? known
          : await store.put(key, 'graph', async (folder) => {
              await host.makeFolder(folder)
              multiplying ??= openMultiply(folder, { threads, signal })
              const { multiply } = await multiplying
              await patchGraph(network.graph, changesOf(network, own, multiply), folder, { signal })
            })
      merged.set(network.part, readGraph(join(path, 'model.onnx')))
    }
  } finally {
    await digests.save()
    await multiplying?.then(({ close }) => close()).catch(() => {})
  }
  return {
    ...model,
    warnings,
    textEncoders: model.textEncoders.map((encoder, i) => ({
      ...encoder,
      graph: merged.get(TEXT_PARTS[i]!) ?? encoder.graph,
    })),
    graphs: { ...model.graphs, unet: merged.get('unet') ?? model.graphs.unet },
  }
}

/** Fails as `withLoras` does for LoRAs that the model can't take, and merges nothing. */
export async function checkLoras(model: Model, choices: readonly LoraChoice[], host: Host): Promise<void> {
  if (choices.length === 0) return
  const networks = networksOf(model)
  for (const { path } of choices) matchLora(await openLora(path, host), networks, model.name)
}

type Used = { lora: LoraFile; weight: number; matches: readonly Match[]; sha256: string }

const TEXT_PARTS: readonly Part[] = ['textEncoder', 'textEncoder2']

function networksOf({ graphs, textEncoders }: Model): Network[] {
  const parts: [Part, Graph][] = [
    ['unet', graphs.unet],
    ...textEncoders.map(({ graph }, i): [Part, Graph] => [TEXT_PARTS[i]!, graph]),
  ]
  return parts.map(([part, { path }]) => networkOf(part, readOnnxGraph(path)!))
}

async function keyOf({ graph }: Network, used: readonly Used[], digests: FileDigests): Promise<string> {
  const own = await graphDigests(graph, digests)
  const loras = used.map(({ sha256, weight }) => [sha256, weight])
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, own, loras]))
    .digest('hex')
}

function changesOf(network: Network, used: readonly Used[], multiply: Multiply): Map<string, WeightChange> {
  const addends = new Map<ModuleWeight, Addend[]>()
  for (const { lora, weight, matches } of used) {
    for (const match of matches) {
      if (match.network !== network) continue
      const addend = { lora, module: match.module, weight }
      addends.set(match.weight, [...(addends.get(match.weight) ?? []), addend])
    }
  }
  return new Map([...addends].map(([target, own]) => [target.weight.name, addDeltas(target, own, multiply)]))
}
