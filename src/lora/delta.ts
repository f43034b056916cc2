// What LoRAs add to a weight: the sum of scale · up · down. Factors of several are put side by side, so that the sum is one
// product of matrices. https://arxiv.org/abs/2106.09685

import type { ModuleWeight } from '../weights/module-weights.js'
import type { WeightChange } from '../weights/patch-graph.js'
import type { LoraFile, LoraModule } from './lora-file.js'
import { shapeOf } from './match.js'

/** Row by row. */
export type Matrix = { rows: number; columns: number; data: Float32Array }

/** The product of two matrices, in float32. */
export type Multiply = (a: Matrix, b: Matrix) => Promise<Matrix>

/** A LoRA's module as it is used: `weight` is the user's. */
export type Addend = { lora: LoraFile; module: LoraModule; weight: number }

/** Adds all to the weight of one module, which they must fit. */
export function addDeltas(
  target: ModuleWeight,
  addends: readonly Addend[],
  multiply: Multiply,
): WeightChange {
  const { outputs, inputs } = shapeOf(target)
  const rows = target.isTransposed ? inputs : outputs
  let factors: { left: Matrix; right: Matrix } | null = null
  return {
    async rows(old, first, end) {
      factors ??= await readFactors(target, addends)
      const { left, right } = factors
      const { data } = await multiply(rowsOf(left, first, end), right)
      for (let i = 0; i < old.length; i++) old[i]! += data[i]!
      if (end === rows) factors = null
      return old
    },
  }
}

/** Left × right is the sum of all deltas, in the layout of the weight. */
async function readFactors(
  target: ModuleWeight,
  addends: readonly Addend[],
): Promise<{ left: Matrix; right: Matrix }> {
  const { outputs, inputs } = shapeOf(target)
  const rank = addends.reduce((sum, { module }) => sum + module.rank, 0)
  const ups = matrix(outputs, rank)
  const downs = matrix(rank, inputs)
  let at = 0
  for (const { lora, module, weight } of addends) {
    const factor = Math.fround(module.scale * weight)
    const up = await lora.read(module.up)
    for (let row = 0; row < outputs; row++)
      for (let i = 0; i < module.rank; i++)
        ups.data[row * rank + at + i] = up[row * module.rank + i]! * factor
    downs.data.set(await readDown(lora, module), at * inputs)
    at += module.rank
  }
  return target.isTransposed ? { left: transpose(downs), right: transpose(ups) } : { left: ups, right: downs }
}

/** Rank × (inputs · height · width); Tucker's core multiplied in: Σ_b mid[a,b,h,w] · down[b,i]. */
async function readDown(lora: LoraFile, { down, mid, rank }: LoraModule): Promise<Float32Array> {
  const outer = await lora.read(down)
  if (mid === null) return outer
  const core = await lora.read(mid)
  const inputs = outer.length / rank
  const taps = core.length / rank ** 2
  const product = new Float32Array(rank * inputs * taps)
  for (let a = 0; a < rank; a++) {
    for (let b = 0; b < rank; b++) {
      for (let i = 0; i < inputs; i++) {
        const value = outer[b * inputs + i]!
        for (let tap = 0; tap < taps; tap++)
          product[(a * inputs + i) * taps + tap]! += value * core[(a * rank + b) * taps + tap]!
      }
    }
  }
  return product
}

const matrix = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  data: new Float32Array(rows * columns),
})

const rowsOf = ({ columns, data }: Matrix, first: number, end: number): Matrix => ({
  rows: end - first,
  columns,
  data: data.subarray(first * columns, end * columns),
})

function transpose({ rows, columns, data }: Matrix): Matrix {
  const turned = matrix(columns, rows)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned.data[column * rows + row] = data[row * columns + column]!
  return turned
}
