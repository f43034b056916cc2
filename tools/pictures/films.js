// The films behind the pictures of docs/language.md, in its order. A picture is a strip of frames, or rows of them.
//
// `films`: what is rendered, each with a script, `at` (the seconds whose frames are shown) and whether it is a
// `draft`. `columns`: frames in a row; default: all of them.
// `large`: so that words can be read. `wave`: the sound is drawn, not frames.

const small = 'size: 480x288\nfps: 12\n'

const TOM = `cast:
  TOM:
    born: 1950
    looks:
      8: a boy with red hair in a yellow shirt
      30: a man with red hair in a blue coat
      75: an old man with a white beard in a blue coat
    outfits:
      storm: in a yellow raincoat
`

/** One second for each shot, and the frame in the middle of each. */
function shots(name, count, script) {
  const at = Array.from({ length: count }, (_, i) => i + 0.5)
  return { name, films: [{ script: `${small}defaults: {duration: 1s}\n${script}`, at }] }
}

const girl = 'a girl with red hair, beach'

/** One shot of two seconds, from its first frame to its last. */
function camera(name, move, prompt = 'a girl with red hair on the left and a boat on the right, beach') {
  const script = `${small}seed: 11\nshots:\n  - {prompt: "${prompt}", duration: 2s, camera: ${move}}\n`
  return { name, films: [{ script, at: [0, 0.9, 1.9] }] }
}

/** From one shot into the next, over a second; `at`: when it is looked at, the shots being 1.5 s long. */
function transition(name, into, at, [from, to] = ['a lighthouse, harbour, sunset', 'a campfire, forest, night']) {
  const script = `${small}seed: 4\ndefaults: {duration: 1.5s}\nshots:\n  - ${from}\n  - {prompt: "${to}", transition: ${into}}\n`
  return { name, films: [{ script, at }] }
}

function shape(size, more = '') {
  return {
    script: `size: ${size}\nfps: 12\n${more}shots:\n  - {prompt: "a girl in a red dress, beach", duration: 0.5s}\n`,
    at: [0],
  }
}

const nearAndFar =
  '"medium shot of a boy in a yellow shirt, beach", "wide shot of a boy in a yellow shirt, beach"'

function motion(how) {
  return `  - {walk: [${nearAndFar}], duration: 1s, keyframes: 1s, motion: ${how}}\n`
}

const overlap = [0.25, 0.7, 0.95, 1.2, 1.8]

export const pictures = [
  // The smallest film and a bigger one
  {
    name: 'smallest',
    films: [{ script: '- a boat on a calm sea\n- the same boat at sea in a storm\n', at: [1.5, 4.5] }],
  },
  {
    name: 'film',
    films: [
      {
        script: `${small}seed: 7
style: storybook illustration
${TOM}places:
  HARBOUR: a village by the sea
scenes:
  - scene: EXT. HARBOUR - DAWN
    year: 1980
    shots:
      - {prompt: "TOM stands on the left, a boat on the right", duration: 1s}
      - {prompt: close-up of TOM@storm, duration: 1s, camera: push in 1.3x}
  - scene: EXT. FOREST - NIGHT
    year: 1958
    transition: dissolve 0.5s
    shots:
      - {walk: [TOM in a meadow, TOM@30 in a meadow], duration: 2s}
`,
        at: [0.5, 1.4, 1.75, 2.2, 3.4],
      },
    ],
  },
  {
    name: 'subtitles',
    films: [
      {
        script: `${small}subtitles: burn
cast:
  TOM: a man with black hair in a blue coat
shots:
  - {prompt: "TOM on the left, a boat on the right, harbour", say: "The sea takes, and the sea gives."}
`,
        at: [1],
      },
    ],
  },
  shots(
    'include',
    2,
    `include: ../../../examples/series/world.yaml
scenes:
  - {scene: EXT. QUAY - DAWN, year: 1998, shots: [MIA on the left and FOX on the right]}
  - {scene: INT. HOME - NIGHT, year: 2025, shots: [MIA on the left and FOX on the right]}
`,
  ),
  // The cast
  shots(
    'ages',
    5,
    `${TOM}scenes:\n  - scene: EXT. BEACH - DAY\n    shots: [TOM@8, TOM@19, TOM@30, TOM@52, TOM@75]\n`,
  ),
  shots(
    'outfits',
    3,
    `${TOM}scenes:\n  - scene: EXT. HARBOUR - DAY\n    shots: [TOM@30, TOM@30@storm, TOM@8@storm]\n`,
  ),
  shots(
    'members',
    2,
    `cast:
  ADA: a girl with brown hair in a green dress
  TOM: a man with black hair in a blue coat
  FOX: an orange fox
scenes:
  - scene: EXT. MEADOW - DAY
    shots: [ADA and TOM, "ADA, TOM and FOX"]
`,
  ),
  shots(
    'reference',
    3,
    `cast:
  TOM:
    looks: a man with red hair in a blue coat
    reference: ../../../examples/pictures/tom.jpg
    seed: 3
scenes:
  - scene: EXT. HARBOUR - DAY
    shots:
      - {image: ../../../examples/pictures/tom.jpg, fit: letterbox}
      - TOM on the left, a lighthouse on the right
      - TOM on the right, a campfire on the left
`,
  ),
  shots(
    'year',
    3,
    `${TOM}scenes:\n${[1958, 1969, 2025].map((year) => `  - {scene: EXT. HARBOUR - DAY, year: ${year}, shots: [TOM]}\n`).join('')}`,
  ),
  // Scenes
  shots(
    'scenes',
    4,
    `scenes:\n${['EXT. HARBOUR - DAWN', 'EXT. HARBOUR - NIGHT - SNOW', 'EXT. FOREST - DAY - FOG', 'INT. KITCHEN - NIGHT']
      .map((scene) => `  - {scene: ${scene}, shots: [a brown dog]}\n`)
      .join('')}`,
  ),
  // Shots
  shots(
    'seed',
    3,
    `shots:\n${[1, 2, 3].map((seed) => `  - {prompt: "a house, mountains, sunset", seed: ${seed}}\n`).join('')}`,
  ),
  shots(
    'style',
    4,
    `shots:\n${['watercolour', 'pencil drawing', 'ink comic', 'noir'].map((style) => `  - {prompt: "a lighthouse, harbour, sunset", style: ${style}}\n`).join('')}`,
  ),
  // Walks
  {
    name: 'walk',
    films: [
      {
        script: `${small}seed: 3\nshots:\n  - walk:\n      - a house in the mountains\n      - a house in the mountains in snow at night\n    duration: 2s\n`,
        at: [0, 0.5, 1, 1.5, 1.9],
      },
    ],
  },
  {
    name: 'motion',
    columns: 5,
    films: [
      {
        script: `${small}shots:\n${['morph', 'dissolve', 'hold', 'cut'].map(motion).join('')}`,
        at: [0, 1, 2, 3].flatMap((start) => [0, 0.25, 0.42, 0.58, 0.9].map((t) => start + t)),
      },
    ],
  },
  // The camera
  camera('push-in', 'push in 1.8x', girl),
  camera('pull-out', 'pull out 1.8x', girl),
  camera('pan-left', 'pan left 1.8x'),
  camera('pan-right', 'pan right 1.8x'),
  camera('tilt-up', 'tilt up 1.8x', 'a lighthouse, harbour, sunset'),
  camera('tilt-down', 'tilt down 1.8x', 'a lighthouse, harbour, sunset'),
  camera('roll-left', 'roll left 15°'),
  camera('roll-right', 'roll right 15°'),
  camera('shake', 'shake 1'),
  {
    name: 'parallax',
    columns: 2,
    films: ['pan left 1.4x', '"pan left 1.4x, parallax 1"'].map((move) => ({
      ...camera('', move).films[0],
      at: [0, 1.9],
    })),
  },
  shots(
    'framing',
    3,
    `${TOM}shots:\n${['wide shot', 'medium shot', 'close-up'].map((framing) => `  - {prompt: "TOM@30, beach", camera: ${framing}}\n`).join('')}`,
  ),
  {
    name: 'ease',
    columns: 5,
    films: ['linear', 'ease in', 'ease out', 'ease in-out'].map((ease) => ({
      ...camera('', `"pan right 2x, ${ease}"`).films[0],
      at: [0, 0.5, 1, 1.5, 1.9],
    })),
  },
  camera('combined', '"push in 2x, pan left"'),
  camera(
    'camera-mapping',
    '{zoom: [1, 1.8], pan: [-0.5, 0.5], roll: [0, -12], ease: out, shake: 0.2}',
    'a boat in the harbour',
  ),
  // Shapes and looks
  { name: 'sizes', large: true, films: [shape('512x288'), shape('162x288'), shape('288x288')] },
  {
    name: 'fit',
    films: [shape('576x240', 'fit: crop\n'), shape('576x240', 'fit: letterbox\n')],
  },
  shots(
    'looks',
    5,
    `shots:\n${['none', 'sepia', 'black-and-white', 'faded', 'dream'].map((look) => `  - {prompt: "a girl with red hair, a boat, harbour", look: ${look}}\n`).join('')}`,
  ),
  // Transitions
  transition('cut', 'cut', [0.5, 1.4, 1.5, 2.5]),
  transition('dissolve', 'dissolve 1s', overlap),
  transition('fade', 'fade black 1s', [0.5, 1.2, 1.5, 1.8, 2.5]),
  transition('wipe', 'wipe left 1s', overlap),
  transition('slide', 'slide left 1s', overlap),
  transition('iris', 'iris in 1s', overlap),
  transition('whip-pan', 'whip pan right 1s', overlap),
  transition('match-cut', 'match cut 1s', overlap, [
    'medium shot of a boy in a yellow shirt, beach',
    'wide shot of a boy in a yellow shirt, beach',
  ]),
  transition('morph', 'morph 1s', overlap),
  // Files
  shots(
    'image',
    4,
    `seed: 12
shots:
  - image: ../../../examples/pictures/harbour.jpg
${[0.2, 0.5, 0.9].map((strength) => `  - {image: ../../../examples/pictures/harbour.jpg, prompt: "a lighthouse, a harbour, night", strength: ${strength}, steps: 8}\n`).join('')}`,
  ),
  // Cards and captions
  {
    ...shots(
      'cards',
      3,
      `${TOM}shots:
  - card: The Lighthouse Keeper
  - {prompt: "TOM@30 on the left, a lighthouse on the right", caption: "The sea takes, and the sea gives."}
  - {card: Two years later, caption: "1952"}
`,
    ),
    large: true,
  },
  // Sound
  {
    name: 'sound',
    wave: true,
    films: [
      {
        script: `${small}cast:
  TOM: an old man with a white beard in a blue coat
sound: {file: sea, volume: 60%, fade in: 2s, fade out: 1s}
shots:
  - {prompt: "a boat, sea", duration: 3s}
  - {prompt: "TOM, harbour", say: "The sea takes, and the sea gives."}
  - {prompt: "a boat, sea", duration: 3s}
`,
        at: [],
      },
    ],
  },
  {
    name: 'lips',
    films: [
      {
        script: `${small}cast:
  TOM: an old man in a blue coat
shots:
  - {prompt: "close-up of TOM, harbour", say: "The sea takes, and the sea gives."}
`,
        at: [0, 1],
      },
    ],
  },
  // Before the film is ready
  {
    name: 'draft',
    films: [false, true].map((draft) => ({
      script: 'size: 960x576\nfps: 12\nshots:\n  - {prompt: "close-up of a girl with red hair, beach", duration: 0.5s}\n',
      draft,
      at: [0],
    })),
  },
]
