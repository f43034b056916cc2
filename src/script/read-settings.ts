import { parseDuration, parseSeconds } from './duration.js'
import { parseFit, parseLook, parseMotion, parseScheduler } from './names.js'
import { readCamera } from './read-camera.js'
import { readEmbeddings, readLoras } from './read-files.js'
import { readSounds } from './read-sound.js'
import type { Entry, Reader } from './reader.js'
import { parseSwitch } from './switch.js'
import { parseTransition } from './transition.js'
import type { Located, Settings } from './types.js'
import { parseVoice } from './voice.js'

/** The random numbers of a picture start from 32 bits. */
const SEED = { min: 0, max: 0xffffffff, integer: true }

/** Reads those of a shot's settings which a mapping has. */
export function readSettings(reader: Reader, keys: ReadonlyMap<string, Entry>): Settings {
  const read = <T>(key: string, how: (entry: Entry) => Located<T> | null): Located<T> | null => {
    const entry = keys.get(key)
    return entry ? how(entry) : null
  }
  const text = (key: string) => read(key, (entry) => reader.textValue(entry, `\`${key}\``))
  const list = <T>(key: string, how: (reader: Reader, entry: Entry) => T[]): T[] | null => {
    const entry = keys.get(key)
    return entry ? how(reader, entry) : null
  }
  return {
    duration: read('duration', (e) => reader.parsed(e, '`duration`', 'value/duration', parseDuration)),
    camera: read('camera', (e) => readCamera(reader, e)),
    transition: read('transition', (e) =>
      reader.parsed(e, '`transition`', 'value/transition', parseTransition),
    ),
    seed: read('seed', (e) => readSeed(reader, e)),
    steps: read('steps', (e) => reader.number(e, '`steps`', { min: 1, max: 1000, integer: true })),
    guidance: read('guidance', (e) => reader.number(e, '`guidance`', { min: 0, max: 100, integer: false })),
    scheduler: read('scheduler', (e) => reader.parsed(e, '`scheduler`', 'value/scheduler', parseScheduler)),
    model: text('model'),
    negative: text('negative'),
    style: text('style'),
    keyframes: read('keyframes', (e) => reader.parsed(e, '`keyframes`', 'value/duration', parseSeconds)),
    motion: read('motion', (e) => reader.parsed(e, '`motion`', 'value/motion', parseMotion)),
    fit: read('fit', (e) => reader.parsed(e, '`fit`', 'value/fit', parseFit)),
    look: read('look', (e) => reader.parsed(e, '`look`', 'value/look', parseLook)),
    lora: list('lora', readLoras),
    embedding: list('embedding', readEmbeddings),
    music: read('music', (e) => readSounds(reader, e)),
    sound: read('sound', (e) => readSounds(reader, e)),
    voice: read('voice', (e) => reader.parsed(e, '`voice`', 'value/voice', parseVoice)),
    lips: read('lips', (e) => reader.parsed(e, '`lips`', 'value/switch', parseSwitch)),
  }
}

export const readSeed = (reader: Reader, entry: Entry): Located<number> | null =>
  reader.number(entry, '`seed`', SEED)
