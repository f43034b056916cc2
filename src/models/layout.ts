// Which files of a repository or folder make up a diffusion pipeline in the diffusers ONNX layout.

import { posix } from 'node:path'

/** Settings are read first, graphs next, and weights are what the graphs name as their external data. */
export type Role = 'settings' | 'graph' | 'weights'

/** `source` is the path in the repository, `target` the path in a model folder. */
export type PipelineFile = { source: string; target: string; role: Role }

/** `root` is the folder of the repository that holds the pipeline, '' for its top. */
export type Pipeline = { root: string; files: PipelineFile[] }

const NETWORKS = [
  'text_encoder',
  'text_encoder_2',
  'unet',
  'vae_decoder',
  'vae_encoder',
  'safety_checker',
  // The embedded model's own kinds of network.
  'vae_decoder_preview',
  'upscaler',
] as const

const SETTINGS: readonly string[] = [
  'model_index.json',
  'README.md',
  'LICENSE',
  'LICENSE.md',
  'LICENSE.txt',
  'world.json',
  'scheduler/scheduler_config.json',
  'feature_extractor/preprocessor_config.json',
  ...['tokenizer', 'tokenizer_2'].flatMap((folder) =>
    ['vocab.json', 'merges.txt', 'special_tokens_map.json', 'tokenizer_config.json', 'added_tokens.json'].map(
      (name) => `${folder}/${name}`,
    ),
  ),
  ...[...NETWORKS, 'vae'].map((folder) => `${folder}/config.json`),
]

/** Full precision first: it runs on every device. Whichever is taken is installed as model.onnx. */
const GRAPHS = ['model.onnx', 'model_fp32.onnx', 'model_fp16.onnx']

/** Folders that exporters put a pipeline into, the one for every device before those for some. */
const ROOTS = ['', 'onnx', 'fp32', 'cpu', 'fp16']

/** Names of external data that exporters give, for a size before the graph itself is read. */
const WEIGHTS = /^(?:weights\.pb|.+\.onnx_data(?:_\d+)?|.+\.onnx\.data|.+\.data)$/

/** Every path that a pipeline may have at `root`, for a server that lists nothing. */
export const possibleFiles = (): string[] => [
  ...SETTINGS,
  ...NETWORKS.flatMap((folder) => `${folder}/model.onnx`),
]

/** Null when no folder holds a pipeline's UNet as ONNX. Weights are a guess, until `isWeightsGuess` graphs are read. */
export function selectPipeline(paths: readonly string[]): Pipeline | null {
  const all = new Set(paths)
  const roots = ROOTS.filter((root) => graphOf(all, join(root, 'unet')) !== null)
  const root = roots[0]
  if (root === undefined) return null
  const files: PipelineFile[] = []
  for (const target of SETTINGS) {
    // An export in a folder of its own often leaves tokenizer and scheduler at the top.
    const source = [join(root, target), target].find((path) => all.has(path))
    if (source !== undefined) files.push({ source, target, role: 'settings' })
  }
  for (const network of NETWORKS) {
    const folder = join(root, network)
    const graph = graphOf(all, folder)
    if (graph === null) continue
    files.push({ source: join(folder, graph), target: `${network}/model.onnx`, role: 'graph' })
    for (const path of paths) {
      if (posix.dirname(path) !== folder) continue
      const name = posix.basename(path)
      if (WEIGHTS.test(name) && isOf(name, graph))
        files.push({ source: path, target: `${network}/${name}`, role: 'weights' })
    }
  }
  return { root, files }
}

/** Where exporters put TAESD's decoder, the folder before the single file. */
const PREVIEW_GRAPHS = [
  ...['vae_decoder', 'taesd_decoder', 'decoder'].flatMap((folder) =>
    GRAPHS.map((name) => `${folder}/${name}`),
  ),
  ...['taesd_decoder', 'taesdxl_decoder', 'vae_decoder', 'decoder'].map((name) => `${name}.onnx`),
]

/** A repository that holds a small decoder for drafts and no pipeline; null for any other. */
export function selectPreview(paths: readonly string[]): PipelineFile[] | null {
  const all = new Set(paths)
  if (all.has('model_index.json')) return null
  for (const graph of ['', 'onnx'].flatMap((root) => PREVIEW_GRAPHS.map((path) => join(root, path)))) {
    if (!all.has(graph)) continue
    const config = join(posix.dirname(graph) === '.' ? '' : posix.dirname(graph), 'config.json')
    const settings: [source: string, target: string][] = [
      [config, 'vae_decoder/config.json'],
      ...['README.md', 'LICENSE', 'LICENSE.md', 'LICENSE.txt'].map((name): [string, string] => [name, name]),
    ]
    return [
      ...settings
        .filter(([source]) => all.has(source))
        .map(([source, target]) => ({ source, target, role: 'settings' as const })),
      { source: graph, target: 'vae_decoder/model.onnx', role: 'graph' },
    ]
  }
  return null
}

const graphOf = (all: ReadonlySet<string>, folder: string): string | null =>
  GRAPHS.find((name) => all.has(join(folder, name))) ?? null

/** Data of another variant's graph carries that graph's name. */
const isOf = (weights: string, graph: string): boolean => !/\.onnx/.test(weights) || weights.startsWith(graph)

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)

/** What a repository without such a pipeline is instead, for the reader. */
export function describeOther(paths: readonly string[]): string {
  if (paths.some((path) => path === 'model_index.json')) return 'a diffusers pipeline without ONNX graphs'
  if (paths.some((path) => path.endsWith('.onnx'))) return 'ONNX, but no diffusion pipeline'
  if (paths.some((path) => path.endsWith('.gguf'))) return 'GGUF'
  if (paths.some((path) => /\.(?:safetensors|ckpt|bin|pt)$/.test(path))) return 'weights for PyTorch'
  return 'no model'
}
