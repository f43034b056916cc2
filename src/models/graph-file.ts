// What an ONNX file says of itself: inputs and outputs, operators, where its weights lie.

import { type DeclaredTensor, type OnnxGraph, readOnnxGraph } from '../weights/onnx-graph.js'
import { OWN_DOMAINS } from '../weights/onnx-proto.js'

export type { DeclaredTensor } from '../weights/onnx-graph.js'

export type GraphFile = {
  /** Without those that have a default among the weights. */
  inputs: readonly DeclaredTensor[]
  outputs: readonly DeclaredTensor[]
  /** `domain:operator` of those that aren't ONNX's own, each once. */
  customOperators: string[]
  /** Files that weights lie in, as the graph names them (not checked for safety), and how many bytes each must have. */
  weights: OnnxGraph['files']
}

/**
 * Null for a file that is no ONNX model or is cut off. A shallow look misses weights in files that only nodes name.
 * Throws system errors.
 */
export function readGraphFile(path: string, options: { isShallow?: boolean } = {}): GraphFile | null {
  const graph = readOnnxGraph(path, options)
  if (graph === null) return null
  const custom = graph.nodes.filter(({ domain }) => !OWN_DOMAINS.includes(domain))
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    customOperators: [...new Set(custom.map(({ domain, operator }) => `${domain}:${operator}`))],
    weights: graph.files,
  }
}
