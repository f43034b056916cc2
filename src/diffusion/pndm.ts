// Pseudo numerical methods on manifolds (arXiv 2202.09778, algorithm 2): a linear multistep method, which Runge-Kutta
// warms up unless `skip_prk_steps` is set, as for Stable Diffusion. Source: diffusers schedulers/scheduling_pndm.py.

import { alphasCumprod, amplitudesOf } from './noise-schedule.js'
import { mixNoise, predictNoise } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { checkReach, checkSteps, flagOr, readCommonConfig } from './scheduler-config.js'
import { roundHalfEven, spacedTimesteps } from './timesteps.js'

const f = Math.fround

/** Steps that Runge-Kutta warms up; four model calls each, but the fourth shares its call with the first multistep. */
const WARM_UP_STEPS = 4

export function createPndm(config: SchedulerConfig, steps: number): Scheduler {
  const common = readCommonConfig(config, { spacing: 'leading', canRescale: false, canPredictSample: false })
  const train = common.trainTimesteps
  checkSteps(steps, train)
  const alphas = alphasCumprod(common)
  const finalAlpha = flagOr(config, 'set_alpha_to_one', false) ? 1 : alphas[0]!
  const stride = Math.floor(train / steps)
  const half = Math.floor(stride / 2)
  const spaced = spacedTimesteps(common.spacing, train, steps, common.stepsOffset).map(roundHalfEven)
  const isWarmedUp = !flagOr(config, 'skip_prk_steps', false)
  if (isWarmedUp && steps < WARM_UP_STEPS) {
    throw new RangeError(`steps must be ${WARM_UP_STEPS} or more for pndm with this model, not ${steps}`)
  }
  const warmUp = isWarmedUp ? warmUpTimesteps(spaced, half) : []
  const timesteps = isWarmedUp
    ? [...warmUp, ...spaced.slice(WARM_UP_STEPS - 1)]
    : [...spaced.slice(0, 2), ...spaced.slice(1)]
  checkReach(timesteps, steps, train)

  let calls = 0
  let past: Float32Array[] = []
  let sum: Float32Array | null = null
  let held: Float32Array | null = null

  /** Formula 9 of the paper: from one timestep to another along the mean of outputs. */
  function transfer(x: Float32Array, from: number, to: number, output: Float32Array): Float32Array {
    if (from >= train) throw new RangeError(`${steps} steps of pndm reach past the last timestep`)
    const alpha = alphas[from]!
    const alphaTo = to >= 0 ? alphas[to]! : finalAlpha
    const beta = f(1 - alpha)
    const betaTo = f(1 - alphaTo)
    const noise = predictNoise(common.predictionType, output, x, amplitudesOf(alpha))
    const keep = f(Math.sqrt(f(alphaTo / alpha)))
    const difference = f(alphaTo - alpha)
    const scale = f(f(alpha * f(Math.sqrt(betaTo))) + f(Math.sqrt(f(f(alpha * beta) * alphaTo))))
    return x.map((value, i) => f(keep * value) - f(f(difference * noise[i]!) / scale))
  }

  /** One of the four calls of a Runge-Kutta step; their outputs weigh 1/6, 1/3, 1/3, 1/6. */
  function stepWarmUp(output: Float32Array, timestep: number, x: Float32Array): Float32Array {
    const phase = calls % 4
    const from = warmUp[calls - phase]!
    const to = timestep - (phase % 2 === 1 ? 0 : half)
    const weighted = weigh([[phase === 0 || phase === 3 ? 1 / 6 : 1 / 3, output]])
    const total = sum === null ? weighted : sum.map((value, i) => value + weighted[i]!)
    if (phase === 0) {
      past.push(output)
      held = x
    }
    sum = phase === 3 ? null : total
    return transfer(held ?? x, from, to, phase === 3 ? total : output)
  }

  function stepMultistep(output: Float32Array, timestep: number, x: Float32Array): Float32Array {
    // The second call looks at the first step again, from its far end.
    if (calls === 1) {
      const [first] = past as [Float32Array]
      const mean = output.map((value, i) => f(value + first[i]!) / 2)
      return transfer(held!, timestep + stride, timestep, mean)
    }
    past = [...past.slice(-3), output]
    if (calls === 0) held = x
    return transfer(x, timestep, timestep - stride, extrapolate(past))
  }

  return {
    timesteps,
    callsPerStep: 1,
    initNoiseSigma: 1,
    scaleModelInput: (x) => x,
    step(modelOutput, callIndex, x) {
      const advance = calls < warmUp.length ? stepWarmUp : stepMultistep
      const result = advance(modelOutput, timesteps[callIndex]!, x)
      calls++
      return result
    },
    addNoise: (original, noise, callIndex) =>
      mixNoise(original, noise, amplitudesOf(alphas[timesteps[callIndex]!]!)),
  }
}

/** Each of the first four timesteps and the middle before the next one, twice each but for the two ends. */
function warmUpTimesteps(spaced: readonly number[], half: number): number[] {
  const [first, ...others] = spaced.slice(0, WARM_UP_STEPS) as [number, ...number[]]
  const halves = [first, ...others.flatMap((timestep) => [timestep + half, timestep])]
  return halves.flatMap((timestep) => [timestep, timestep]).slice(1, -1)
}

/** Adams-Bashforth of the order that the past allows, up to four; the newest output is the last. */
function extrapolate(past: readonly Float32Array[]): Float32Array {
  const [a, b, c, d] = [...past].reverse() as [Float32Array, ...Float32Array[]]
  if (b === undefined) return a
  if (c === undefined)
    return weigh([
      [3, a],
      [-1, b],
    ]).map((value) => value / 2)
  if (d === undefined)
    return weigh([
      [23, a],
      [-16, b],
      [5, c],
    ]).map((value) => value / 12)
  const whole = f(1 / 24)
  return weigh([
    [55, a],
    [-59, b],
    [37, c],
    [-9, d],
  ]).map((value) => whole * value)
}

/** A weighted sum, rounded to float32 term by term. */
function weigh(terms: readonly (readonly [weight: number, tensor: Float32Array])[]): Float32Array {
  const result = new Float32Array(terms[0]![1].length)
  for (const [weight, tensor] of terms) {
    const factor = f(weight)
    for (let i = 0; i < result.length; i++) result[i] = result[i]! + f(factor * tensor[i]!)
  }
  return result
}
