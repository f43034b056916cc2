// Can a model run on a device at all? Asked before anything is loaded.

import { basename, dirname } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Graph } from './model.js'

/**
 * What onnxruntime's optimiser for Stable Diffusion leaves in a graph, and has code for on GPUs alone
 * (onnxruntime docs/ContribOperators.md and docs/OperatorKernels.md).
 */
const GPU_OPERATORS = [
  'BiasAdd',
  'BiasSplitGelu',
  'GemmFloat8',
  'GroupNorm',
  'NhwcConv',
  'PackedAttention',
  'PackedMultiHeadAttention',
  'RemovePadding',
  'RestorePadding',
  'SkipGroupNorm',
].map((name) => `com.microsoft:${name}`)

/** Fails (exit 3) for a graph with operators that only GPUs have, when `device` is `cpu`. */
export function checkDevice(name: string, graphs: readonly Graph[], device: string): void {
  if (device !== 'cpu') return
  for (const { path, customOperators } of graphs) {
    const fused = customOperators.filter((operator) => GPU_OPERATORS.includes(operator))
    if (fused.length === 0) continue
    const operators = fused.map((operator) => operator.split(':')[1]).join(', ')
    throw environmentFailure(
      `the model ${name} was fused for GPUs: its ${basename(dirname(path))} has operators that the cpu has no code for (${operators} of com.microsoft)`,
      'use an export for every device, or another --device',
    )
  }
}
