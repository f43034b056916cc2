// DPM-Solver++ (SDE) of k-diffusion: two model calls a step, the second in the middle of the step in log σ, with noise from
// one Brownian motion through all σ. Source: diffusers schedulers/scheduling_dpmsolver_sde.py.

import { type BrownianTree, createBrownianTree } from './brownian-tree.js'
import { ancestralSigmas } from './euler-ancestral.js'
import type { NoiseSource } from './noise.js'
import { predictOriginalOfSigma, scaleToUnitVariance } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { addNoiseOfSigma, createSigmaPath, initNoiseSigmaOf } from './sigma-path.js'

const f = Math.fround

export function createDpmppSde(config: SchedulerConfig, steps: number): Scheduler {
  const { common, ...path } = createSigmaPath(
    config,
    steps,
    {
      spacing: 'linspace',
      betaStart: 0.00085,
      betaEnd: 0.012,
      canRescale: false,
      canPredictSample: false,
    },
    { round: (timestep) => timestep },
  )
  /** One more than steps: the last is 0. */
  const sigmas = Float32Array.from([...path.sigmas, 0])
  const middles = path.sigmas.slice(1).map((sigma, i) => middleOf(path.sigmas[i]!, sigma))
  const timesteps = path.timesteps.flatMap((timestep, i) =>
    i < middles.length ? [timestep, path.timestepOf(middles[i]!)] : [timestep],
  )
  const seed = typeof config.noise_sampler_seed === 'number' ? BigInt(config.noise_sampler_seed) : null

  let tree: BrownianTree | null = null
  /** The latents at the start of a step whose second call is due. */
  let held: Float32Array | null = null

  /** √σ-scaled increment between two noise levels, which is standard normal. */
  function noiseBetween(from: number, to: number, size: number, generator: NoiseSource): Float32Array {
    tree ??= createBrownianTree(
      sigmas.at(-2)!,
      sigmas.reduce((a, b) => Math.max(a, b)),
      size,
      seed ?? generator.seed,
    )
    const scale = f(Math.sqrt(f(Math.abs(f(to - from)))))
    return tree.increment(to, from).map((value) => -value / scale)
  }

  function sigmaOfCall(callIndex: number): number {
    const stepIndex = callIndex >> 1
    return callIndex % 2 === 0
      ? sigmas[stepIndex]!
      : middleOfFloats(sigmas[stepIndex]!, sigmas[stepIndex + 1]!)
  }

  return {
    timesteps,
    callsPerStep: 2,
    initNoiseSigma: initNoiseSigmaOf(sigmas, common.spacing),
    scaleModelInput: (x, callIndex) => scaleToUnitVariance(x, sigmaOfCall(callIndex)),
    step(modelOutput, callIndex, x, generator) {
      const stepIndex = callIndex >> 1
      const sigma = sigmas[stepIndex]!
      const next = sigmas[stepIndex + 1]!
      const original = predictOriginalOfSigma(common.predictionType, modelOutput, x, sigmaOfCall(callIndex))
      if (next === 0) {
        const dt = f(next - sigma)
        return x.map((value, i) => value + f(f(f(value - original[i]!) / sigma) * dt))
      }
      const isSecond = held !== null
      const start = held ?? x
      held = isSecond ? null : x
      const from = throughLog(sigma)
      const to = isSecond ? throughLog(next) : middleOfFloats(sigma, next)
      const { down, up } = ancestralSigmas(from, to)
      const t = logTime(sigma)
      const ancestral = logTime(down)
      const keep = f(f(Math.exp(-ancestral)) / f(Math.exp(-t)))
      const pull = f(Math.expm1(f(t - ancestral)))
      const noise = noiseBetween(from, to, x.length, generator)
      return start.map((value, i) => f(f(keep * value) - f(pull * original[i]!)) + f(noise[i]! * up))
    },
    addNoise: (original, noise, callIndex) => addNoiseOfSigma(original, noise, sigmas[(callIndex + 1) >> 1]!),
  }
}

/** Time is −log σ, in float32. */
const logTime = (sigma: number): number => -f(Math.log(sigma))

/** To log time and back, which costs the last bits in diffusers too. */
const throughLog = (sigma: number): number => f(Math.exp(-logTime(sigma)))

const middleOfFloats = (from: number, to: number): number => {
  const start = logTime(from)
  return f(Math.exp(-f(start + f(f(logTime(to) - start) * 0.5))))
}

/** The same in double precision, for timesteps. */
const middleOf = (from: number, to: number): number => {
  const start = -Math.log(from)
  return Math.exp(-(start + (-Math.log(to) - start) * 0.5))
}
