// Peak memory of all processes of a ten-minute film over that of a one-minute one.

import { inFolder, program, runNode } from './process.js'

/** Those that overlap need the pictures of both shots at once. */
const TRANSITIONS = [
  'cut',
  'dissolve 0.5s',
  'cut',
  'wipe left 0.5s',
  'slide up 0.5s',
  'iris in 0.5s',
  'cut',
  'whip pan',
  'match cut 0.25s',
]

const film = (minutes) =>
  [
    'size: 480x288',
    'shots:',
    ...Array.from(
      { length: minutes * 20 },
      (_, i) =>
        `  - {prompt: a fox in a meadow, seed: ${i}, duration: 3s, camera: push in, transition: ${TRANSITIONS[i % TRANSITIONS.length]}}`,
    ),
    '',
  ].join('\n')

export async function memory() {
  const peak = (minutes) =>
    inFolder(film(minutes), async (folder) => {
      const args = [program, 'render', 'film.yaml', '--progress', 'none']
      return (await runNode(args, folder, { withMemory: true })).peakBytes
    })
  const one = await peak(1)
  const ten = await peak(10)
  const mega = (bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`
  return [
    {
      what: 'peak memory of 10 minutes over 1 minute',
      ratio: ten / one,
      detail: `${mega(ten)}, ${mega(one)}`,
    },
  ]
}
