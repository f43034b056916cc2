// The training noise schedule: betas and the cumulative products of 1 − beta, in float32 as torch has them.
// Source: diffusers schedulers/scheduling_ddim.py (constructor, betas_for_alpha_bar, rescale_zero_terminal_snr).

import type { Amplitudes } from './prediction.js'

export type BetaSchedule = 'linear' | 'scaled_linear' | 'squaredcos_cap_v2' | 'exp'

export type NoiseScheduleConfig = {
  trainTimesteps: number
  betaStart: number
  betaEnd: number
  betaSchedule: BetaSchedule
  trainedBetas: number[] | null
  /** Shifts the schedule so that the last timestep holds no signal at all (arXiv 2305.08891, algorithm 1). */
  rescaleBetasZeroSnr: boolean
}

const f = Math.fround

/** Stands for ᾱ = 0 at the last timestep of a zero-SNR schedule, so that its σ is finite. */
const SMALLEST_ALPHA = 2 ** -24

/** ᾱ by timestep, from almost 1 down; its last value is 0 when rescaled to zero terminal SNR. */
export function alphasCumprod(config: NoiseScheduleConfig): Float32Array {
  const betas = makeBetas(config)
  return cumulativeAlphas(config.rescaleBetasZeroSnr ? rescaleZeroTerminalSnr(betas) : betas)
}

/** √ᾱ and √(1 − ᾱ): how much picture and how much noise latents hold. */
export const amplitudesOf = (alphaCumprod: number): Amplitudes => ({
  alpha: f(Math.sqrt(alphaCumprod)),
  sigma: f(Math.sqrt(f(1 - alphaCumprod))),
})

/** σ = √((1 − ᾱ) / ᾱ) by timestep, ascending, all finite. */
export function trainingSigmas(config: NoiseScheduleConfig): Float32Array {
  const alphas = alphasCumprod(config)
  if (config.rescaleBetasZeroSnr) alphas[alphas.length - 1] = SMALLEST_ALPHA
  return alphas.map((alpha) => Math.sqrt(f(f(1 - alpha) / alpha)))
}

function makeBetas(config: NoiseScheduleConfig): Float32Array {
  const { betaStart, betaEnd, trainTimesteps, trainedBetas } = config
  if (trainedBetas !== null) return Float32Array.from(trainedBetas)
  switch (config.betaSchedule) {
    case 'linear':
      return linspaceFloat32(betaStart, betaEnd, trainTimesteps)
    case 'scaled_linear':
      return linspaceFloat32(Math.sqrt(betaStart), Math.sqrt(betaEnd), trainTimesteps).map(
        (root) => root ** 2,
      )
    case 'squaredcos_cap_v2':
      return betasForAlphaBar((t) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2, trainTimesteps)
    case 'exp':
      return betasForAlphaBar((t) => Math.exp(t * -12), trainTimesteps)
  }
}

const betasForAlphaBar = (alphaBar: (t: number) => number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) =>
    Math.min(1 - alphaBar((i + 1) / count) / alphaBar(i / count), 0.999),
  )

/** torch.linspace: counted from both ends, so that both are exact; one rounding each, as by fused multiply-add. */
function linspaceFloat32(start: number, end: number, count: number): Float32Array {
  const first = f(start)
  const last = f(end)
  const step = f(f(last - first) / (count - 1))
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? first + step * i : last - step * (count - 1 - i),
  )
}

/** torch.cumprod accumulates float32 input in double. */
function cumulativeAlphas(betas: Float32Array): Float32Array {
  let product = 1
  return betas.map((beta) => {
    product *= f(1 - beta)
    return product
  })
}

function rescaleZeroTerminalSnr(betas: Float32Array): Float32Array {
  const roots = cumulativeAlphas(betas).map(Math.sqrt)
  const first = roots[0]!
  const last = roots.at(-1)!
  const scale = f(first / f(first - last))
  const alphas = roots.map((root) => f(f(root - last) * scale) ** 2)
  return alphas.map((alpha, i) => 1 - (i === 0 ? alpha : f(alpha / alphas[i - 1]!)))
}
