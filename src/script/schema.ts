// The JSON Schema of scripts (draft-07, which yaml-language-server reads), made from the tables that the reader uses.
// It knows keys, types and notations; what needs the whole film (names, ids, times that overlap) only `check` knows.

import { CAMERA_WORDS, MAX_ROLL, MAX_ZOOM } from './camera.js'
import { KEY_INFO } from './key-info.js'
import { KEYS, type Level } from './keys.js'
import { AMBIENCES, EASES, FITS, FRAMINGS, LOOKS, MOTIONS, SCHEDULERS } from './names.js'
import { TRANSITION_KINDS } from './transition.js'
import { VOICE_WORDS } from './voice.js'

type Schema = Readonly<Record<string, unknown>>

/** A plain text; YAML reads some of them as numbers or booleans. */
const TEXT: Schema = { type: ['string', 'number', 'boolean'], pattern: '\\S' }
const AMOUNT = '(\\d+(\\.\\d+)?|\\.\\d+)'
const CLOCK = '(\\d{1,2}:)?\\d{1,3}:[0-5]\\d(\\.\\d+)?'
const time = (units: string, maximum: number): Schema => ({
  anyOf: [
    { type: 'number', exclusiveMinimum: 0, maximum },
    { type: 'string', pattern: `^(${AMOUNT} ?(${units})?|${CLOCK})$` },
  ],
})
/** As a length, but 0 too. */
const moment = (units: string): Schema => ({
  anyOf: [
    { type: 'number', minimum: 0, maximum: 36_000 },
    { type: 'string', pattern: `^(${AMOUNT} ?(${units})?|${CLOCK})$` },
  ],
})
const whole = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum })
const list = (items: Schema, minItems = 1): Schema => ({ type: 'array', minItems, items })
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` })

/** Words that complete well, beside every other text in the same notation. */
const worded = (words: readonly string[], pattern: string): Schema => ({
  anyOf: [{ enum: words }, { type: 'string', pattern }],
})

const CAMERA_PART = `(${CAMERA_WORDS.map(anyCase).join('|')})( +${AMOUNT} *(x|×|°|deg|degrees?)?)*`

/** For the whole shot, or for its first and its last frame. */
const range = (minimum: number, maximum: number): Schema => {
  const value = { type: 'number', minimum, maximum }
  return { anyOf: [value, { type: 'array', items: value, minItems: 2, maxItems: 2 }] }
}
const SWITCH: Schema = { anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no', 'on', 'off'] }] }
const SOUND: Schema = worded(AMBIENCES, `^(none|.*[./\\\\].*|${AMBIENCES.map(anyCase).join('|')})$`)

/** In capitals, or in letters that have none. */
const MEMBER = "^(?![AI]$)(?!.*\\p{Ll})\\p{L}([\\p{L}\\p{M}\\p{N}_'’ .-]*[\\p{L}\\p{M}\\p{N}])?$"
const YEAR = whole(-1_000_000, 1_000_000)
const names = (pattern: string, value: Schema): Schema => ({
  type: 'object',
  minProperties: 1,
  maxProperties: 200,
  propertyNames: { pattern },
  additionalProperties: value,
})

const VALUES: Readonly<Record<string, Schema>> = {
  size: worded(KEY_INFO.size!.examples, '^[1-9]\\d{0,2}[02468] ?[x×X] ?[1-9]\\d{0,2}[02468]$'),
  fps: {
    anyOf: [
      { type: 'number', minimum: 1, maximum: 120 },
      { type: 'string', pattern: '^\\d{1,6}( ?/ ?\\d{1,4}|\\.\\d{1,6})?$' },
    ],
  },
  seed: whole(0, 0xffffffff),
  steps: whole(1, 1000),
  guidance: { type: 'number', minimum: 0, maximum: 100 },
  scheduler: oneOfWords(SCHEDULERS),
  motion: oneOfWords(MOTIONS),
  fit: oneOfWords(FITS),
  look: oneOfWords(LOOKS),
  duration: time('ms|s|f', 36_000),
  keyframes: time('ms|s', 60),
  camera: {
    anyOf: [
      { enum: KEY_INFO.camera!.examples },
      { type: 'string', pattern: `^${CAMERA_PART}( *, *${CAMERA_PART})*$` },
      ref('camera'),
    ],
  },
  zoom: range(1, MAX_ZOOM),
  pan: range(-1, 1),
  tilt: range(-1, 1),
  roll: range(-MAX_ROLL, MAX_ROLL),
  ease: oneOfWords(EASES),
  shake: { type: 'number', minimum: 0, maximum: 1 },
  parallax: { type: 'number', minimum: 0, maximum: 1 },
  framing: oneOfWords(FRAMINGS),
  transition: worded(
    KEY_INFO.transition!.examples,
    `^(${TRANSITION_KINDS.map(anyCase).join('|').replaceAll(' +', '( +|-)')})( .*)?$`,
  ),
  born: YEAR,
  year: YEAR,
  id: { type: 'string', pattern: '^[^\\d\\W][^\\s]*$|^[^\\x00-\\x7f][^\\s]*$' },
  include: { anyOf: [TEXT, list(TEXT)] },
  cast: names(MEMBER, { anyOf: [TEXT, ref('cast')] }),
  looks: { anyOf: [TEXT, names('^\\d+(\\.\\d+)?$', TEXT)] },
  outfits: names('^\\p{L}[\\p{L}\\p{M}\\p{N}_-]*$', TEXT),
  places: names('.', TEXT),
  defaults: ref('defaults'),
  scenes: list(ref('scene')),
  shots: list(ref('shot')),
  walk: list({ anyOf: [TEXT, ref('waypoint')] }, 2),
  lora: filesWith('weight', { type: 'number', minimum: -10, maximum: 10 }),
  embedding: filesWith('word', TEXT),
  strength: { type: 'number', minimum: 0.01, maximum: 1 },
  music: sounds(),
  sound: sounds(),
  subtitles: {
    anyOf: [
      { type: 'boolean' },
      { enum: KEY_INFO.subtitles!.examples },
      {
        type: 'string',
        pattern: `^(${['true', 'yes', 'on', 'soft', 'burn', 'burned', 'burnt', 'false', 'no', 'off', 'none'].map(anyCase).join('|')}|.*\\.[sS][rR][tT])$`,
      },
    ],
  },
  lips: SWITCH,
  voice: {
    type: 'string',
    pattern: `^(${VOICE_WORDS.map(anyCase).join('|')})([ ,]+(${VOICE_WORDS.map(anyCase).join('|')}))*$`,
  },
  say: { anyOf: [said(), list(said())] },
  volume: {
    anyOf: [
      { type: 'number', minimum: 0, maximum: 4 },
      { type: 'string', pattern: `^[+-]?${AMOUNT} ?(dB|DB|db|%)$` },
    ],
  },
  start: moment('ms|s|f'),
  from: moment('ms|s'),
  'fade in': moment('ms|s'),
  'fade out': moment('ms|s'),
  loop: SWITCH,
}

/** A file, or a mapping with the file and one more key, or a list of these. */
function filesWith(key: string, value: Schema): Schema {
  const one: Schema = {
    anyOf: [
      TEXT,
      {
        type: 'object',
        properties: { file: TEXT, [key]: value },
        required: ['file'],
        additionalProperties: false,
      },
    ],
  }
  return { anyOf: [one, list(one, 0)] }
}

/** A line, or lines by name. */
function said(): Schema {
  return { anyOf: [TEXT, { type: 'object', minProperties: 1, additionalProperties: TEXT }] }
}

/** Files and words; their mappings are of the level `cue`. */
function sounds(): Schema {
  const one = { anyOf: [SOUND, ref('cue')] }
  return { anyOf: [...one.anyOf, list(one)] }
}

const properties = (level: Level): Schema =>
  Object.fromEntries(KEYS[level].map((key) => [key, described(key, VALUES[key] ?? TEXT)]))

const described = (key: string, schema: Schema): Schema => ({
  description: KEY_INFO[key]!.summary,
  ...schema,
})

const mapping = (level: Level, more: Schema = {}): Schema => ({
  type: 'object',
  properties: properties(level),
  additionalProperties: false,
  ...more,
})

const exactlyOne = (keys: readonly string[]): Schema => ({ oneOf: keys.map((key) => ({ required: [key] })) })

/** A picture may have a prompt beside it, and then how much is painted anew. */
const SHOT_CONTENT: Schema = {
  oneOf: [
    ...['prompt', 'walk', 'card'].map((key) => ({ required: [key], not: { required: ['image'] } })),
    { required: ['image'], not: { anyOf: [{ required: ['walk'] }, { required: ['card'] }] } },
  ],
  dependencies: { strength: ['image', 'prompt'] },
}

/** The schema of a whole script: a list of shots, or a film. */
export function scriptSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'storyreel script',
    description: 'A film as text: storyreel renders it.',
    anyOf: [list(ref('shot')), ref('film')],
    definitions: {
      film: mapping('film', exactlyOne(['scenes', 'shots'])),
      defaults: mapping('defaults'),
      camera: mapping('camera'),
      cast: mapping('cast', { required: ['looks'] }),
      waypoint: mapping('waypoint', { required: ['prompt'] }),
      cue: mapping('cue', { required: ['file'] }),
      scene: mapping('scene', { required: ['shots'] }),
      shot: { anyOf: [TEXT, mapping('shot', SHOT_CONTENT)] },
    },
  }
}

/** JSON Schema's patterns have no flag for this. */
function anyCase(words: string): string {
  return words
    .replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)
    .replace(/ /g, ' +')
}

function oneOfWords(words: readonly string[]): Schema {
  return worded(words, `^(${words.map(anyCase).join('|')})$`)
}
