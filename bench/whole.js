// The program as a whole.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inFolder, median, program, runNode } from './process.js'

const RUNS = 9

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`

/** Runs two commands in turn; the ratio of their medians. */
async function sideBySide(a, b, cwd) {
  const times = [[], []]
  for (let i = 0; i <= RUNS; i++) {
    for (const [k, args] of [a, b].entries()) {
      const { ms } = await runNode(args, cwd)
      if (i > 0) times[k].push(ms)
    }
  }
  return times.map(median)
}

const twentyShots = (word) => {
  const things = ['a fox', 'a cat', 'a boat', 'a brown dog', 'a lighthouse']
  const places = ['forest', 'meadow', 'harbour', 'beach']
  const shots = Array.from({ length: 20 }, (_, i) => {
    const thing = i === 9 ? word : things[i % 5]
    return `  - {prompt: "${thing}, ${places[i % 4]}", duration: 2s, camera: push in, transition: ${i % 4 === 1 ? 'dissolve 0.5s' : 'cut'}}`
  })
  return ['size: 480x288', 'shots:', ...shots, ''].join('\n')
}

export async function version() {
  const [a, b] = await sideBySide([program, '--version'], ['-e', '0'])
  return [
    { what: '--version over node -e 0', ratio: a / b, detail: `${a.toFixed(0)} ms, ${b.toFixed(0)} ms` },
  ]
}

export const still = () =>
  inFolder('', async (folder) => {
    const ratios = []
    let last
    for (let i = 0; i <= RUNS; i++) {
      const args = [
        program,
        'still',
        'a fox in a meadow, sunset',
        '-o',
        'x.png',
        '--seed',
        String(i),
        '--json',
      ]
      last = JSON.parse((await runNode(args, folder)).stdout).timings
      const runs = last.text + last.unet.reduce((sum, ms) => sum + ms, 0) + last.vae
      if (i > 0) ratios.push(last.total / runs)
    }
    const detail = `text ${last.text.toFixed(0)}, unet ${last.unet.map((ms) => ms.toFixed(0)).join('+')}, vae ${last.vae.toFixed(0)} ms`
    return [{ what: 'still over the sum of its session runs', ratio: median(ratios), detail }]
  })

export const unchanged = () =>
  inFolder(twentyShots('a bear'), async (folder) => {
    const render = [program, 'render', 'film.yaml', '--progress', 'none']
    await runNode(render, folder)
    const [a, b] = await sideBySide(render, ['-e', '0'], folder)
    return [{ what: 'unchanged render over node -e 0', ratio: a / b, detail: `${seconds(a)}, ${seconds(b)}` }]
  })

export const edit = () =>
  inFolder(twentyShots('a bear'), async (folder) => {
    const render = [program, 'render', 'film.yaml', '--progress', 'none']
    const whole = (await runNode(render, folder)).ms
    const edits = []
    for (const word of ['a rabbit', 'a robot', 'a knight']) {
      writeFileSync(join(folder, 'film.yaml'), twentyShots(word))
      edits.push((await runNode(render, folder)).ms)
    }
    const one = median(edits)
    return [
      {
        what: 'one-word edit over whole render',
        ratio: one / whole,
        detail: `${seconds(one)}, ${seconds(whole)}`,
      },
    ]
  })
