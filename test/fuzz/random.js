/**
 * Small seeded random numbers: mulberry32 (Tommy Ettinger, 2017, public domain).
 * @param {number} seed
 * @returns {() => number} next number in [0, 1)
 */
export function randomNumbers(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
