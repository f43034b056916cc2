// Which files of a source make a model: those of its pipeline, and the weights that their graphs name.

import { join, posix } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { quote } from '../diagnostic/make.js'
import { readGraphFile } from './graph-file.js'
import { describeOther, type PipelineFile, selectPipeline, selectPreview } from './layout.js'
import { isPreviewName } from './preview-names.js'
import { findClash, pathProblem } from './safe-path.js'
import { formatOrigin, type ModelSource, type SourceFile } from './source.js'

/** A pipeline's file together with what the source knows of it. */
export type WantedFile = PipelineFile & { file: SourceFile }

/** Every name is checked here; nothing of the source is taken under a path that this hasn't seen. */
export async function chooseFiles(
  source: ModelSource,
  name: string,
): Promise<{ wanted: WantedFile[]; isPreview: boolean }> {
  const pipeline = selectPipeline(source.paths)
  const preview = pipeline === null ? selectPreview(source.paths) : null
  const files = pipeline?.files ?? preview
  if (files === null) {
    throw environmentFailure(
      `${formatOrigin(source.origin)} holds ${describeOther(source.paths)}`,
      'storyreel takes Stable Diffusion in the diffusers ONNX layout, with unet/model.onnx',
    )
  }
  if (preview !== null && !isPreviewName(name)) {
    throw environmentFailure(
      `${formatOrigin(source.origin)} holds a decoder for drafts, which must be called taesd or taesdxl`,
      'say whose latents it decodes: --as taesd for Stable Diffusion 1.x and 2.x, --as taesdxl for XL',
    )
  }
  const wanted: WantedFile[] = []
  for (const chosen of files) wanted.push({ ...chosen, file: await lookUp(source, chosen.source) })
  return { wanted, isPreview: preview !== null }
}

/** @throws Failure where two of the files are one on some systems. */
export function checkClashes(wanted: readonly WantedFile[]): void {
  const clash = findClash(wanted.map(({ target }) => target))
  if (clash !== null) {
    throw environmentFailure(
      `the model has two files that some systems take for one: ${quote(clash[0])} and ${quote(clash[1])}`,
    )
  }
}

async function lookUp(source: ModelSource, path: string): Promise<SourceFile> {
  const problem = pathProblem(path)
  if (problem !== null)
    throw environmentFailure(`a file of the model has an unsafe name, ${quote(path)}: ${problem}`)
  const file = await source.find(path)
  if (file === null) throw environmentFailure(`the model lacks ${quote(path)}`, 'look for a whole one')
  return file
}

/** What the graphs name, wherever the guess by names looked. */
export async function weightsOf(
  graphs: readonly WantedFile[],
  source: ModelSource,
  folder: string,
): Promise<WantedFile[]> {
  const weights: WantedFile[] = []
  for (const graph of graphs) {
    const file = readGraphFile(join(folder, graph.target))
    if (file === null) {
      throw environmentFailure(
        `${graph.source} of the model is damaged: it is no ONNX graph, or cut off`,
        'look for a whole one',
      )
    }
    for (const { location: said } of file.weights) {
      const location = said.replace(/^\.\//, '')
      const problem = pathProblem(location)
      if (problem !== null)
        throw environmentFailure(`${graph.source} keeps its weights in ${quote(said)}: ${problem}`)
      const path = posix.join(posix.dirname(graph.source), location)
      const target = posix.join(posix.dirname(graph.target), location)
      weights.push({ source: path, target, role: 'weights', file: await lookUp(source, path) })
    }
  }
  return weights
}

/** Bytes. */
export function sumSizes(wanted: Iterable<WantedFile>): number {
  let sum = 0
  for (const { file } of wanted) sum += file.size
  return sum
}
