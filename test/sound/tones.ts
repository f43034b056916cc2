// Sounds that tests make, and what they find in them.

import { CHANNELS, RATE, type Sound } from '../../src/sound/samples.js'

/** Interleaved; `at` gives both channels' value for a sample. */
export function soundOf(samples: number, at: (sample: number) => number): Float32Array {
  const sound = new Float32Array(samples * CHANNELS)
  for (let i = 0; i < samples; i++) sound.fill(at(i), i * CHANNELS, (i + 1) * CHANNELS)
  return sound
}

export const tone = (hertz: number, seconds: number, amplitude = 0.5): Float32Array =>
  soundOf(Math.round(seconds * RATE), (i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / RATE))

/** A WAV file of 16-bit samples. */
export function wavOf(sound: Float32Array, rate = RATE): Buffer {
  const data = Buffer.alloc(sound.length * 2)
  sound.forEach((value, i) => {
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32767), i * 2)
  })
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(CHANNELS, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * CHANNELS * 2, 28)
  head.writeUInt16LE(CHANNELS * 2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

/** All of a sound; the pieces may be used again by who yields them. */
export async function collect(sound: Sound): Promise<Float32Array> {
  const pieces: Float32Array[] = []
  for await (const piece of sound) pieces.push(piece.slice())
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** Root mean square of a stretch, in seconds. */
export function levelOf(sound: Float32Array, from: number, to: number): number {
  const part = sound.subarray(Math.round(from * RATE) * CHANNELS, Math.round(to * RATE) * CHANNELS)
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length)
}

/** How much of one pitch is in a stretch: the amplitude of that sine (Goertzel, 1958). */
export function pitchOf(sound: Float32Array, hertz: number, from: number, to: number): number {
  let re = 0
  let im = 0
  const first = Math.round(from * RATE)
  const last = Math.round(to * RATE)
  for (let i = first; i < last; i++) {
    const angle = (2 * Math.PI * hertz * i) / RATE
    re += sound[i * CHANNELS]! * Math.cos(angle)
    im += sound[i * CHANNELS]! * Math.sin(angle)
  }
  return (2 * Math.hypot(re, im)) / (last - first)
}

/** Seconds of the first sample as loud as this. */
export const onsetOf = (sound: Float32Array, amplitude: number, fromSeconds = 0): number => {
  const from = Math.round(fromSeconds * RATE) * CHANNELS
  const at = sound.subarray(from).findIndex((value) => Math.abs(value) >= amplitude)
  return at < 0 ? Number.POSITIVE_INFINITY : (from + at) / CHANNELS / RATE
}
