// Keeps a predicted clean picture in range, where a config asks for it.
// Source: diffusers schedulers/scheduling_ddpm.py (_threshold_sample), which is section 2.3 of arXiv 2205.11487.

import type { SchedulerConfig } from './scheduler.js'
import { flagOr, numberOr } from './scheduler-config.js'

const f = Math.fround

/** Changes the tensor in place. */
export type Clamp = (original: Float32Array) => void

/** Reads `thresholding` and, for classes that have it, `clip_sample`; thresholding wins. */
export function createClamp(config: SchedulerConfig, clipsByDefault = false): Clamp {
  const threshold = createThreshold(config)
  if (threshold !== null) return threshold
  if (!flagOr(config, 'clip_sample', clipsByDefault)) return () => {}
  const range = f(numberOr(config, 'clip_sample_range', 1))
  return (original) => clampTo(original, range)
}

/** Dynamic thresholding: the range is a quantile of the magnitudes, and is scaled back to ±1. Null when off. */
export function createThreshold(config: SchedulerConfig): Clamp | null {
  if (!flagOr(config, 'thresholding', false)) return null
  const ratio = numberOr(config, 'dynamic_thresholding_ratio', 0.995)
  const most = f(numberOr(config, 'sample_max_value', 1))
  return (original) => {
    const range = Math.min(Math.max(quantile(original.map(Math.abs), ratio), 1), most)
    clampTo(original, range)
    for (let i = 0; i < original.length; i++) original[i] = original[i]! / range
  }
}

function clampTo(values: Float32Array, range: number): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! > range) values[i] = range
    else if (values[i]! < -range) values[i] = -range
  }
}

/** torch.quantile with linear interpolation. Sorts its input. */
function quantile(values: Float32Array, ratio: number): number {
  values.sort()
  const rank = f(f(ratio) * (values.length - 1))
  const below = values[Math.floor(rank)]!
  const above = values[Math.ceil(rank)]!
  const weight = f(rank - Math.floor(rank))
  const span = f(above - below)
  return weight < 0.5 ? f(below + f(weight * span)) : f(above - f(span * f(1 - weight)))
}
