import { describe, expect, test } from 'vitest'
import { AMBIENCES } from '../../src/script/names.js'
import { ambience } from '../../src/sound/ambience.js'
import { createLoudnessMeter } from '../../src/sound/loudness.js'
import { CHANNELS, openReader, RATE } from '../../src/sound/samples.js'

async function take(word: (typeof AMBIENCES)[number], seconds: number): Promise<Float32Array> {
  const out = new Float32Array(seconds * RATE * CHANNELS)
  await openReader(ambience(word)).read(out)
  return out
}

describe.each(AMBIENCES)('%s', (word) => {
  test('has the loudness of a background, does not clip, and is another sound on the left than on the right', async () => {
    const sound = await take(word, 12)
    const meter = createLoudnessMeter()
    meter.add(sound)
    expect(meter.integrated()).toBeGreaterThan(-32)
    expect(meter.integrated()).toBeLessThan(-28)
    expect(meter.peak()).toBeLessThan(0.5)
    const differs = sound.filter((value, i) => i % 2 === 0 && Math.abs(value - sound[i + 1]!) > 1e-5)
    expect(differs.length).toBeGreaterThan(sound.length / 4)
  })

  test('is the same each time', async () => {
    expect(await take(word, 0.5)).toEqual(await take(word, 0.5))
  })
})
