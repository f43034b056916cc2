// Which weights of a model a LoRA changes; whether it is made for this model at all.

import { environmentFailure, type Failure } from '../diagnostic/failure.js'
import { quote } from '../diagnostic/make.js'
import { findModuleWeights, type ModuleWeight } from '../weights/module-weights.js'
import type { OnnxGraph } from '../weights/onnx-graph.js'
import type { Part } from './key-forms.js'
import type { LoraFile, LoraModule } from './lora-file.js'
import { nameOfModule, nameOfPath } from './module-names.js'

export type Network = {
  part: Part
  graph: OnnxGraph
  /** By one name for each module, see `nameOfPath`. */
  weights: ReadonlyMap<string, ModuleWeight>
}

export function networkOf(part: Part, graph: OnnxGraph): Network {
  const weights = new Map(findModuleWeights(graph).map((weight) => [nameOfPath(weight.path, part), weight]))
  return { part, graph, weights }
}

export type Match = { network: Network; weight: ModuleWeight; module: LoraModule }

/** onnxruntime's operators that hold the weights of several modules in one, or in an order of their own. */
const FUSED = /Attention|NhwcConv/
/** Operators whose weights are no floats. */
const QUANTIZED = /^(?:DequantizeLinear|(?:MatMul|Conv)Integer.*|QLinear.*|MatMulNBits|MatMulBnb4)$/

/**
 * Pairs a LoRA's modules with the model's weights. A few that the model lacks give a warning; a LoRA for another family, or
 * weights that can't be changed, fail (exit 3).
 * @param model the model's name, for messages.
 */
export function matchLora(
  lora: LoraFile,
  networks: readonly Network[],
  model: string,
): { matches: Match[]; warning: string | null } {
  const layers = resnetsOfBlock(networks)
  const matches: Match[] = []
  const unmatched: LoraModule[] = []
  for (const module of lora.modules) {
    const network = networks.find(({ part }) => part === module.part)
    const weight = network?.weights.get(nameOfModule(module.module, module.part, layers))
    if (network === undefined || weight === undefined) unmatched.push(module)
    else matches.push({ network, weight, module })
  }
  const misfit = matches.find((match) => !isFitting(match))
  const lacking = networks.filter(({ part }) => unmatched.some((module) => module.part === part))
  const packed = packedFailure(lora, model, lacking)
  if (packed !== null) throw packed
  if (misfit !== undefined || unmatched.length > matches.length)
    throw familyFailure(lora, networks, model, misfit, unmatched)
  checkShared(matches, lora, model)
  return { matches, warning: unmatched.length === 0 ? null : lackingWarning(lora, model, unmatched) }
}

function resnetsOfBlock(networks: readonly Network[]): number {
  const unet = networks.find(({ part }) => part === 'unet')
  let count = 0
  while (unet?.weights.has(`down_blocks_0_resnets_${count}_conv1`)) count++
  return count
}

/** Outputs × inputs × height × width of a module's own weight. */
export function shapeOf({ weight, isTransposed }: ModuleWeight): { outputs: number; inputs: number } {
  const [first = 1, ...rest] = weight.dims
  const others = rest.reduce((product, dim) => product * dim, 1)
  return isTransposed ? { outputs: others, inputs: first } : { outputs: first, inputs: others }
}

function isFitting({ weight, module: { down, mid, up, rank } }: Match): boolean {
  const { outputs, inputs } = shapeOf(weight)
  const downInputs = down.shape.slice(1).reduce((product, side) => product * side, 1)
  const taps = mid === null ? 1 : mid.shape[2]! * mid.shape[3]!
  return up.shape[0] === outputs && downInputs * taps === inputs && rank > 0
}

/** A weight that an exporter shares between modules which had the same numbers can't be changed for one of them. */
function checkShared(matches: readonly Match[], lora: LoraFile, model: string): void {
  for (const { network, weight } of matches) {
    const other = [...network.weights.values()].find(
      (candidate) => candidate !== weight && candidate.weight.name === weight.weight.name,
    )
    if (other === undefined) continue
    throw environmentFailure(
      `the LoRA ${lora.path} can't be merged into ${model}: ${weight.path} and ${other.path} share their weights`,
      'use another export of the model',
    )
  }
}

/** Null for graphs whose weights are as PyTorch has them. */
function packedFailure(lora: LoraFile, model: string, networks: readonly Network[]): Failure | null {
  const nodes = networks.flatMap(({ graph }) => graph.nodes)
  const quantized = nodes.find(({ operator }) => QUANTIZED.test(operator))
  const fused = nodes.find(({ domain, operator }) => domain === 'com.microsoft' && FUSED.test(operator))
  const packed = fused ?? quantized
  if (packed === undefined) return null
  return environmentFailure(
    `the LoRA ${lora.path} can't be merged into ${model}: the weights of this export are ${fused ? 'fused for a GPU' : 'quantised'} (${packed.operator})`,
    'use an export for every device, with float weights',
  )
}

const FAMILIES_BY_WIDTH: Readonly<Record<number, string>> = {
  768: 'Stable Diffusion 1.x',
  1024: 'Stable Diffusion 2.x',
  2048: 'Stable Diffusion XL',
}

/** Numbers a token of the text that the UNet reads: its cross-attention takes them in. */
const CROSS_ATTENTION = /attn2[._]to_[kv]$/

function familyFailure(
  lora: LoraFile,
  networks: readonly Network[],
  model: string,
  misfit: Match | undefined,
  unmatched: readonly LoraModule[],
): Failure {
  const cross = lora.modules.find(({ part, module }) => part === 'unet' && CROSS_ATTENTION.test(module))
  const ofLora = cross?.down.shape[1] ?? null
  const unet = networks.find(({ part }) => part === 'unet')
  const crossWeight = [...(unet?.weights ?? [])].find(([name]) => CROSS_ATTENTION.test(name))?.[1]
  const ofModel = crossWeight ? shapeOf(crossWeight).inputs : null
  const called = (width: number) =>
    `${FAMILIES_BY_WIDTH[width] ?? 'a model of its own'} (text width ${width})`
  if (ofLora !== null && ofModel !== null && ofLora !== ofModel) {
    return environmentFailure(
      `the LoRA ${lora.path} is made for ${called(ofLora)}, and ${model} is ${called(ofModel)}`,
      'choose a LoRA of the same family as the model',
    )
  }
  const details = misfit
    ? `${misfit.module.module} has another shape there`
    : `${unmatched.length} of its ${lora.modules.length} modules are not there, such as ${quote(unmatched[0]!.module)}`
  return environmentFailure(
    `the LoRA ${lora.path} does not fit the model ${model}: ${details}`,
    isWithoutNames(networks)
      ? 'this export of the model does not say which weight belongs to which module: use a newer one'
      : 'choose a LoRA of the same family as the model',
  )
}

/** Exports by old versions of torch number their nodes, and no module's path is left in them. */
function isWithoutNames(networks: readonly Network[]): boolean {
  const names = networks.flatMap(({ part, weights }) => (part === 'unet' ? [...weights.keys()] : []))
  return (
    names.some((name) => name.startsWith('down_blocks_')) && !names.some((name) => /attn1_to_q$/.test(name))
  )
}

const lackingWarning = (lora: LoraFile, model: string, unmatched: readonly LoraModule[]): string =>
  `${model} lacks ${unmatched.length} of the ${lora.modules.length} modules that the LoRA ${lora.path} changes, such as ${quote(unmatched[0]!.module)}`
