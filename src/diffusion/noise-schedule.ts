// The training noise schedule: betas and the cumulative products of 1 − beta, in float32 as torch has them.
// Source: diffusers schedulers/scheduling_ddim.py (constructor, betas_for_alpha_bar, rescale_zero_terminal_snr).

export type BetaSchedule = 'linear' | 'scaled_linear' | 'squaredcos_cap_v2'

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

/** ᾱ by timestep, from almost 1 down; its last value is 0 when rescaled to zero terminal SNR. */
export function alphasCumprod(config: NoiseScheduleConfig): Float32Array {
  const betas = makeBetas(config)
  return cumulativeAlphas(config.rescaleBetasZeroSnr ? rescaleZeroTerminalSnr(betas) : betas)
}

/** σ = √((1 − ᾱ) / ᾱ) by timestep. */
export const sigmasOf = (alphas: Float32Array): Float32Array =>
  alphas.map((alpha) => Math.sqrt(f(f(1 - alpha) / alpha)))

function makeBetas(config: NoiseScheduleConfig): Float32Array {
  const { betaStart, betaEnd, trainTimesteps, trainedBetas } = config
  if (trainedBetas !== null) return Float32Array.from(trainedBetas)
  if (config.betaSchedule === 'linear') return linspaceFloat32(betaStart, betaEnd, trainTimesteps)
  if (config.betaSchedule === 'squaredcos_cap_v2') return cosineBetas(trainTimesteps)
  return linspaceFloat32(Math.sqrt(betaStart), Math.sqrt(betaEnd), trainTimesteps).map((root) => root * root)
}

function cosineBetas(count: number): Float32Array {
  const alphaBar = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2
  return Float32Array.from({ length: count }, (_, i) =>
    Math.min(1 - alphaBar((i + 1) / count) / alphaBar(i / count), 0.999),
  )
}

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
