// Which weight of a graph belongs to which PyTorch module: exporters fold a Linear's weight into a transposed constant with a
// name of its own, and only the node that multiplies with it still knows the module's path.

import type { GraphNode, Initializer, OnnxGraph } from './onnx-graph.js'

export type ModuleWeight = {
  /** The module's path as PyTorch has it, such as `down_blocks.0.attentions.0.proj_in`, with what wraps the network. */
  path: string
  kind: 'linear' | 'conv'
  weight: Initializer
  /** The weight lies as inputs × outputs; a module's own is outputs × inputs. */
  isTransposed: boolean
}

const WEIGHT_INPUT = 1
/** Nodes between a weight and where it is used, for weights stored as halves or shared. */
const PASSING: readonly string[] = ['Cast', 'Identity', 'Transpose']

/** Of all linear and convolutional layers whose weights are plain initialisers. A layer that runs twice comes once. */
export function findModuleWeights({ nodes, initializers }: OnnxGraph): ModuleWeight[] {
  const producers = new Map<string, GraphNode>()
  for (const node of nodes) for (const output of node.outputs) producers.set(output, node)

  const found = new Map<string, ModuleWeight>()
  for (const node of nodes) {
    if (node.domain !== '' || !['MatMul', 'Gemm', 'Conv'].includes(node.operator)) continue
    const traced = trace(node.inputs[WEIGHT_INPUT] ?? '')
    if (traced === null) continue
    const kind = node.operator === 'Conv' ? 'conv' : 'linear'
    const isStraight = node.operator === 'Gemm' && node.attributes.get('transB')?.[0] === 1
    const isTransposed = kind === 'linear' && isStraight === traced.isTransposed
    const path = nameOfWeight(traced.names) ?? node.scope ?? pathOfNode(node)
    if (path !== null && !found.has(path))
      found.set(path, { path, kind, weight: traced.weight, isTransposed })
  }
  return [...found.values()]

  /** The initialiser that a tensor is, `names` being all that it is called on the way. */
  function trace(tensor: string): { weight: Initializer; names: string[]; isTransposed: boolean } | null {
    const names = [tensor]
    let isTransposed = false
    for (;;) {
      const weight = initializers.get(names.at(-1)!)
      if (weight !== undefined) return weight.type === null ? null : { weight, names, isTransposed }
      const node = producers.get(names.at(-1)!)
      if (node === undefined || node.domain !== '' || !PASSING.includes(node.operator)) return null
      if (node.operator === 'Transpose') {
        const order = node.attributes.get('perm') ?? []
        if (order.length > 0 && order.join() !== '1,0') return null
        isTransposed = !isTransposed
      }
      names.push(node.inputs[0]!)
    }
  }
}

/** The module whose weight one of the names is. */
function nameOfWeight(names: readonly string[]): string | null {
  const name = names.find((name) => name.endsWith('.weight'))
  return name === undefined ? null : name.slice(0, -'.weight'.length)
}

/** torch names nodes and what they give `/module/child/MatMul`, `/module/child/MatMul_output_0`. */
function pathOfNode({ name, outputs }: GraphNode): string | null {
  const path = [name, outputs[0]!].find((text) => text.startsWith('/'))
  if (path === undefined) return null
  const segments = path.split('/').slice(1, -1)
  // A child of a called list repeats its parent's name: /net/net.0/Gemm is net.0.
  const own = segments.filter((segment, i) => !segments[i + 1]?.startsWith(`${segment}.`))
  return own.length === 0 ? null : own.join('.')
}
