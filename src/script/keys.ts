// The keys of the language, by where they stand. One table: the reader, the suggestions and the docs test use it.

export const SETTING_KEYS = [
  'duration',
  'camera',
  'transition',
  'seed',
  'steps',
  'guidance',
  'scheduler',
  'model',
  'negative',
  'style',
  'keyframes',
  'motion',
  'fit',
  'look',
  'lora',
  'embedding',
  'music',
  'sound',
  'voice',
] as const

export const KEYS = {
  film: [
    'title',
    'size',
    'fps',
    'seed',
    'style',
    'negative',
    'model',
    'scheduler',
    'steps',
    'guidance',
    'interpolation',
    'subtitles',
    'depth',
    'motion',
    'fit',
    'look',
    'lora',
    'embedding',
    'music',
    'sound',
    'voice',
    'include',
    'cast',
    'places',
    'defaults',
    'scenes',
    'shots',
  ],
  defaults: SETTING_KEYS,
  cast: ['looks', 'born', 'outfits', 'voice', 'seed', 'reference', 'model', 'lora', 'embedding'],
  scene: ['scene', 'place', 'time', 'weather', 'year', 'shots', ...SETTING_KEYS],
  shot: ['prompt', 'walk', 'image', 'strength', 'card', 'id', 'caption', 'say', ...SETTING_KEYS],
  camera: ['zoom', 'pan', 'tilt', 'roll', 'ease', 'shake', 'parallax', 'framing'],
  cue: ['file', 'volume', 'start', 'from', 'duration', 'fade in', 'fade out', 'loop'],
} as const satisfies Record<string, readonly string[]>

export type Level = keyof typeof KEYS

/** "a film", for messages. */
export const LEVEL_NAMES: Record<Level, string> = {
  film: 'a film',
  defaults: '`defaults`',
  cast: 'a member of the cast',
  scene: 'a scene',
  shot: 'a shot',
  camera: '`camera`',
  cue: 'a sound',
}
