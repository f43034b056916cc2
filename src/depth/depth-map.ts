// How near the parts of a picture are.

/** Rows of nearness, 0 (farthest) to 1 (nearest), over the whole of a picture, of its proportions or nearly so. */
export type DepthMap = { width: number; height: number; data: Float32Array }

/** An 8-bit RGB picture: height x width x 3 bytes. */
export type Picture = { width: number; height: number; data: Uint8Array }

/** Longest side of the maps that are made here. */
export const MAP_SIDE = 160

/** The most that nearness changes within a picture's width. Pictures that are bent by no more don't fold. */
export const STEEPEST = 8

/**
 * Smooths a map such that nothing in it is steeper than STEEPEST: what is near stays as it is, and what lies behind it rises
 * towards its outline. So a bent picture keeps the shapes of near things, and stretches what is behind them.
 */
export function settle({ width, height, data }: DepthMap): DepthMap {
  const slope = STEEPEST / width
  const out = grown({ width, height, data }, MARGIN * width).data
  const diagonal = slope * Math.SQRT2
  const raise = (at: number, from: number, fall: number) => {
    const least = out[from]! - fall
    if (out[at]! < least) out[at] = least
  }
  // The envelope of cones on all points, in two sweeps (a chamfer distance transform, Borgefors 1986).
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      if (x > 0) raise(at, at - 1, slope)
      if (y === 0) continue
      raise(at, at - width, slope)
      if (x > 0) raise(at, at - width - 1, diagonal)
      if (x < width - 1) raise(at, at - width + 1, diagonal)
    }
  for (let y = height - 1, at = width * height - 1; y >= 0; y--)
    for (let x = width - 1; x >= 0; x--, at--) {
      if (x < width - 1) raise(at, at + 1, slope)
      if (y === height - 1) continue
      raise(at, at + width, slope)
      if (x < width - 1) raise(at, at + width + 1, diagonal)
      if (x > 0) raise(at, at + width - 1, diagonal)
    }
  return { width, height, data: out }
}

/** Part of the width by which near things are taken to be larger than they were found: outlines move with their things. */
const MARGIN = 0.012

/** The nearest within `reach` pixels, across and down. */
function grown({ width, height, data }: DepthMap, reach: number): DepthMap {
  const r = Math.round(reach)
  const across = new Float32Array(data.length)
  const out = new Float32Array(data.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let most = 0
      for (let i = Math.max(0, x - r); i <= Math.min(width - 1, x + r); i++)
        most = Math.max(most, data[y * width + i]!)
      across[y * width + x] = most
    }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let most = 0
      for (let i = Math.max(0, y - r); i <= Math.min(height - 1, y + r); i++)
        most = Math.max(most, across[i * width + x]!)
      out[y * width + x] = most
    }
  return { width, height, data: out }
}
