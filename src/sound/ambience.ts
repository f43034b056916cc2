// Sounds by word, made by arithmetic alone: the same for everybody, no file needed. Endless.

import type { Ambience } from '../story/types.js'
import { createFilter } from './filter.js'
import { createRandom, type Random } from './random.js'
import { CHANNELS, RATE } from './samples.js'

const PIECE = RATE / 10

/** One sample of a channel. */
type Voice = () => number

/** Yields pieces of interleaved samples without end, at about -30 LUFS; each array is used again for the next piece. */
export function* ambience(word: Ambience): Generator<Float32Array> {
  const { voice, gain } = VOICES[word]
  const channels = Array.from({ length: CHANNELS }, (_, channel) => voice(channel))
  const piece = new Float32Array(PIECE * CHANNELS)
  for (;;) {
    for (let i = 0; i < piece.length; i += CHANNELS)
      for (let channel = 0; channel < CHANNELS; channel++) piece[i + channel] = channels[channel]!() * gain
    yield piece
  }
}

const VOICES: Record<Ambience, { voice: (channel: number) => Voice; gain: number }> = {
  rain: { voice: rain, gain: 0.062 },
  wind: { voice: wind, gain: 0.55 },
  sea: { voice: sea, gain: 0.2 },
  fire: { voice: fire, gain: 0.25 },
  night: { voice: night, gain: 0.175 },
  birds: { voice: birds, gain: 0.118 },
}

/** What is slow is looked at every millisecond. */
const SLOW = RATE / 1000

/** A slow wave of several periods in seconds that never come together, from 0 to 1. To be asked once a sample. */
function swell(periods: readonly number[], phase: number): Voice {
  let t = 0
  let value = 0
  return () => {
    if (t++ % SLOW === 0) {
      let sum = 0
      for (const [i, period] of periods.entries())
        sum += Math.sin(2 * Math.PI * (t / (period * RATE) + phase * (i + 1) * 0.37))
      value = 0.5 + (0.5 * sum) / periods.length
    }
    return value
  }
}

/** Something that happens by chance, `often` times a second. */
const happens = (random: Random, often: number): boolean => random.unit() < often / RATE

function rain(channel: number): Voice {
  const random = createRandom(11 + channel)
  const body = createFilter(1_200, 0.6)
  const roof = createFilter(7_000, 0.6)
  const drop = createFilter(2_600, 4)
  const gusts = swell([9.1, 13.7, 4.3], channel * 0.2)
  let impulse = 0
  return () => {
    body.step(random.signed())
    roof.step(body.high)
    if (happens(random, 60)) {
      impulse = 1 + 5 * random.unit() ** 3
      drop.tune(1_500 + 4_500 * random.unit(), 5)
    }
    drop.step(impulse * random.signed())
    impulse *= 0.985
    return roof.low * (0.8 + 0.4 * gusts()) + drop.band * 0.5
  }
}

function wind(channel: number): Voice {
  const random = createRandom(23 + channel)
  const howl = createFilter(400, 2.5)
  const air = createFilter(220, 0.7)
  const force = swell([11.3, 7.1, 3.7], 0.1 + channel * 0.06)
  let t = 0
  return () => {
    const strength = force()
    if (t++ % SLOW === 0) howl.tune(260 + 520 * strength, 2.2 + 2 * strength)
    const noise = random.signed()
    howl.step(noise)
    air.step(noise)
    return howl.band * (0.15 + strength ** 2) + air.low * 0.8 * (0.4 + strength)
  }
}

function sea(channel: number): Voice {
  const random = createRandom(31 + channel)
  const wash = createFilter(900, 0.6)
  const deep = createFilter(180, 0.7)
  const far = swell([8.3, 11.9], 0.55 + channel * 0.04)
  const near = swell([6.7, 9.7], 0.2 + channel * 0.09)
  let t = 0
  let crest = 0
  return () => {
    const height = near()
    const swellHeight = far()
    if (t++ % SLOW === 0) {
      crest = height ** 3
      wash.tune(500 + 4_200 * crest, 0.55)
    }
    const noise = random.signed()
    wash.step(noise)
    deep.step(noise)
    return wash.low * (0.12 + 0.9 * crest) + deep.low * (0.5 + swellHeight)
  }
}

function fire(channel: number): Voice {
  const random = createRandom(47 + channel)
  const roar = createFilter(140, 0.7)
  const hiss = createFilter(3_500, 0.6)
  const crack = createFilter(1_800, 1.2)
  const draught = swell([5.3, 2.9, 1.7], 0.3 + channel * 0.1)
  let burst = 0
  let decay = 0.99
  return () => {
    const noise = random.signed()
    roar.step(noise)
    hiss.step(noise)
    if (happens(random, 9)) {
      burst = 2 + 5 * random.unit() ** 3
      decay = 0.97 + 0.025 * random.unit()
      crack.tune(900 + 3_600 * random.unit(), 1.2)
    }
    crack.step(burst * random.signed())
    burst *= decay
    return roar.low * (1.6 + draught()) + hiss.high * 0.05 + crack.band * 0.6
  }
}

/** Crickets: chirps of three pulses, each insect with its own pitch and pace, over a little air. */
function night(channel: number): Voice {
  const random = createRandom(59 + channel)
  const air = createFilter(320, 0.6)
  const insects = [
    { pitch: 4_520, pulse: 31, every: 0.61, loud: channel === 0 ? 0.5 : 0.16, at: 0 },
    { pitch: 4_130, pulse: 27, every: 0.83, loud: channel === 0 ? 0.12 : 0.42, at: 0.31 },
    { pitch: 4_890, pulse: 36, every: 1.37, loud: 0.1, at: 0.7 },
  ]
  let t = 0
  return () => {
    air.step(random.signed())
    let sum = air.low * 0.5
    const seconds = t++ / RATE
    for (const { pitch, pulse, every, loud, at } of insects) {
      const since = ((seconds + at) % every) * pulse
      if (since >= 3) continue
      const shape = Math.sin(Math.PI * (since % 1)) ** 2
      sum += Math.sin(2 * Math.PI * pitch * seconds) * shape * loud
    }
    return sum
  }
}

/** Now and then a bird sings a few sliding notes, near or far. */
function birds(channel: number): Voice {
  // Both channels hear the same birds, from another side.
  const random = createRandom(71)
  const air = createFilter(700, 0.6)
  const breeze = createRandom(73 + channel)
  let wait = 0.2 * RATE
  let note = { left: 0, length: 1, from: 3_000, to: 3_000, loud: 0 }
  let notes = 0
  let bird = { pitch: 3_000, step: 400, length: 0.1, loud: 0.5, side: 0.5 }
  let phase = 0
  const begin = () => {
    if (notes === 0) {
      bird = {
        pitch: 2_300 + 2_600 * random.unit(),
        step: 200 + 900 * random.unit(),
        length: 0.05 + 0.13 * random.unit(),
        loud: 0.15 + 0.85 * random.unit() ** 2,
        side: random.unit(),
      }
      notes = 2 + Math.floor(6 * random.unit())
    }
    const length = Math.round(bird.length * (0.7 + 0.6 * random.unit()) * RATE)
    const from = bird.pitch + bird.step * random.signed()
    const to = bird.pitch + bird.step * random.signed()
    note = { left: length, length, from, to, loud: bird.loud }
    wait = --notes > 0 ? length + 0.04 * RATE : length + (0.3 + 1.9 * random.unit()) * RATE
  }
  return () => {
    if (--wait <= 0) begin()
    air.step(breeze.signed())
    let sum = air.low * 0.12
    if (note.left > 0) {
      const along = 1 - note.left-- / note.length
      phase += (2 * Math.PI * (note.from + (note.to - note.from) * along)) / RATE
      const side = channel === 0 ? 1 - bird.side : bird.side
      sum += Math.sin(phase) * Math.sin(Math.PI * along) ** 2 * note.loud * (0.3 + 0.7 * side)
    }
    return sum
  }
}
