import { describe, expect, test } from 'vitest'
import { createLoudnessMeter } from '../../src/sound/loudness.js'
import { soundOf, tone } from './tones.js'

const loudnessOf = (...pieces: Float32Array[]) => {
  const meter = createLoudnessMeter()
  for (const piece of pieces) meter.add(piece)
  return meter.integrated()
}
const dB = (value: number) => 10 ** (value / 20)

/** The signals of EBU Tech 3341, table 1, shortened; the tolerance is its own. */
describe('loudness after EBU R128', () => {
  test('case 1 and 2: a stereo sine of 1 kHz', () => {
    expect(loudnessOf(tone(1_000, 5, dB(-23)))).toBeCloseTo(-23, 1)
    expect(loudnessOf(tone(1_000, 5, dB(-33)))).toBeCloseTo(-33, 1)
  })
  test('case 3: what is 10 LU softer than the rest does not count', () => {
    const [soft, loud] = [tone(1_000, 5, dB(-36)), tone(1_000, 30, dB(-23))]
    expect(loudnessOf(soft, loud, soft)).toBeCloseTo(-23, 1)
  })
  test('case 5: what is 6 LU softer counts', () => {
    const [soft, loud] = [tone(1_000, 6, dB(-26)), tone(1_000, 6.03, dB(-20))]
    expect(loudnessOf(soft, loud, soft)).toBeCloseTo(-23, 1)
  })
  test('silence has none, and a short sound has one', () => {
    expect(loudnessOf(soundOf(96_000, () => 0))).toBe(null)
    expect(loudnessOf()).toBe(null)
    expect(loudnessOf(tone(1_000, 0.2, dB(-20)))).toBeCloseTo(-23, 1)
  })
})
