// UniPC: a multistep predictor of any order with a corrector that costs no model call (arXiv 2302.04867, algorithms 7, 8).
// Source: diffusers schedulers/scheduling_unipc_multistep.py.

import { createThreshold } from './clamp-original.js'
import { solveLinear } from './linear-system.js'
import { createLevelPath, type NoiseLevel, noiseLevelOf, wholeTimesteps } from './noise-levels.js'
import { trainingSigmas } from './noise-schedule.js'
import { mixNoise, predictNoise, predictOriginal } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { flagOr, numberOr, readCommonConfig, refuseFlags, wordOr } from './scheduler-config.js'

const f = Math.fround

/** What the function B(h) of the paper is: h, or e^h − 1. */
type SolverType = 'bh1' | 'bh2'

export function createUnipc(config: SchedulerConfig, steps: number): Scheduler {
  refuseFlags(config, ['use_flow_sigmas', 'use_dynamic_shifting'])
  if (config.solver_p !== undefined && config.solver_p !== null)
    throw new RangeError(
      "the scheduler's solver_p names another scheduler, which storyreel can't run inside unipc",
    )
  // Names of other solvers' variants, which this class takes for its default.
  const isForeign = ['midpoint', 'heun', 'logrho'].includes(String(config.solver_type))
  const solverType = isForeign ? 'bh2' : wordOr<SolverType>(config, 'solver_type', 'bh2', ['bh1', 'bh2'])
  const order = numberOr(config, 'solver_order', 2)
  if (!Number.isInteger(order) || order < 1)
    throw new RangeError(`the scheduler's solver_order must be 1 or more, not ${order}`)
  const endsAtZero = wordOr(config, 'final_sigmas_type', 'zero', ['zero', 'sigma_min']) === 'zero'
  const lowersAtEnd = flagOr(config, 'lower_order_final', true) || endsAtZero
  const isOfOriginal = flagOr(config, 'predict_x0', true)
  if (endsAtZero && !isOfOriginal)
    throw new RangeError("the scheduler's final_sigmas_type must be sigma_min when predict_x0 is false")
  const uncorrected = new Set(Array.isArray(config.disable_corrector) ? config.disable_corrector : [])

  const common = readCommonConfig(config, { spacing: 'linspace', canRescale: true, canPredictSample: true })
  const table = trainingSigmas(common)
  const path = createLevelPath(
    { ...config, use_lu_lambdas: false },
    common,
    table,
    common.trainTimesteps,
    steps,
  )
  const timesteps = wholeTimesteps(path.timesteps, path.spacing === 'karras')
  const lowest = path.spacing === null ? table[0]! : path.sigmas.at(-1)!
  const levels = [...path.sigmas, endsAtZero ? 0 : lowest].map(noiseLevelOf)
  const threshold = createThreshold(config)

  /** Converted outputs, newest first. */
  let past: Float32Array[] = []
  /** The latents that the last prediction started from, and its order. */
  let before: { x: Float32Array; order: number } | null = null

  function convert(output: Float32Array, x: Float32Array, at: NoiseLevel): Float32Array {
    if (!isOfOriginal) return predictNoise(common.predictionType, output, x, at)
    const original = predictOriginal(common.predictionType, output, x, at)
    threshold?.(original)
    return original
  }

  /**
   * From level `callIndex` to the next one with the newest `ofOrder` outputs. The corrector knows the output at the far
   * end as well: `reached`.
   */
  function advance(
    x: Float32Array,
    outputs: readonly Float32Array[],
    callIndex: number,
    ofOrder: number,
    reached: Float32Array | null,
  ): Float32Array {
    const from = levels[callIndex]!
    const to = levels[callIndex + 1]!
    const h = f(to.lambda - from.lambda)
    const hh = isOfOriginal ? -h : h
    const phi1 = f(Math.expm1(hh))
    const bh = solverType === 'bh1' ? hh : phi1
    const ratios = outputs
      .slice(1, ofOrder)
      .map((_, i) => f(f(levels[callIndex - 1 - i]!.lambda - from.lambda) / h))
    const newest = outputs[0]!
    const slopes = ratios.map((ratio, k) => outputs[k + 1]!.map((value, i) => f(value - newest[i]!) / ratio))
    if (reached !== null) slopes.push(reached.map((value, i) => value - newest[i]!))
    const rhos = reached === null ? predictorWeights(ratios, hh, bh) : correctorWeights(ratios, hh, bh)

    const keep = isOfOriginal ? f(to.sigma / from.sigma) : f(to.alpha / from.alpha)
    const pull = isOfOriginal ? to.alpha : to.sigma
    const zeroth = f(pull * phi1)
    const result = x.map((value, i) => f(keep * value) - f(zeroth * newest[i]!))
    if (slopes.length === 0) return result
    const scale = f(pull * bh)
    return result.map((value, i) => {
      let sum = 0
      for (const [k, slope] of slopes.entries()) sum = f(sum + f(rhos[k]! * slope[i]!))
      return value - f(scale * sum)
    })
  }

  return {
    timesteps,
    callsPerStep: 1,
    initNoiseSigma: 1,
    scaleModelInput: (x) => x,
    step(modelOutput, callIndex, x) {
      const output = convert(modelOutput, x, levels[callIndex]!)
      const isCorrected = before !== null && !uncorrected.has(callIndex - 1)
      const start = isCorrected ? advance(before!.x, past, callIndex - 1, before!.order, output) : x
      past = [output, ...past].slice(0, order)
      const left = timesteps.length - callIndex
      const now = Math.min(past.length, lowersAtEnd ? left : order)
      before = { x: start, order: now }
      return advance(start, past, callIndex, now, null)
    },
    addNoise: (original, noise, callIndex) => mixNoise(original, noise, levels[callIndex]!),
  }
}

function predictorWeights(ratios: readonly number[], hh: number, bh: number): number[] {
  if (ratios.length < 2) return ratios.map(() => 0.5)
  return solveLinear(vandermonde(ratios), rightSide(ratios.length, hh, bh)).map(f)
}

function correctorWeights(ratios: readonly number[], hh: number, bh: number): number[] {
  if (ratios.length === 0) return [0.5]
  return solveLinear(vandermonde([...ratios, 1]), rightSide(ratios.length + 1, hh, bh)).map(f)
}

/** Row i holds the i-th powers of the ratios. */
const vandermonde = (ratios: readonly number[]): number[][] =>
  ratios.map((_, power) => ratios.map((ratio) => f(ratio ** power)))

/** φ_{i+1}(h)·i! / B(h) for i = 1…count, by the recurrence of the φ functions. */
function rightSide(count: number, hh: number, bh: number): number[] {
  let phi = f(f(f(Math.expm1(hh)) / hh) - 1)
  let factorial = 1
  return Array.from({ length: count }, (_, i) => {
    const value = f(f(phi * factorial) / bh)
    factorial *= i + 2
    phi = f(f(phi / hh) - f(1 / factorial))
    return value
  })
}
