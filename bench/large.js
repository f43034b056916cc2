// A film of 1,000 shots: how long its plan and an unchanged render take and how much memory; what a batch of scripts costs over
// its parts.

import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inFolder, program, runNode } from './process.js'

const SHOTS = 1_000
const PLAN_MS = 2_000
const UNCHANGED_MS = 3_000
const MEMORY_MIB = 600
const SCRIPTS = 50
const BROKEN = 3

/** Eight pictures in a thousand shots of two frames: what is measured is not the painting. */
const longFilm = () =>
  [
    'size: 320x192',
    'fps: 12',
    'steps: 1',
    'shots:',
    ...Array.from(
      { length: SHOTS },
      (_, i) => `  - {prompt: a fox in a meadow, seed: ${i % 8}, duration: ${2 + (i % 3)}f}`,
    ),
    '',
  ].join('\n')

export const large = () =>
  inFolder(longFilm(), async (folder) => {
    const run = (...args) => runNode([program, ...args], folder, { withMemory: true })
    const render = () => run('render', 'film.yaml', '--progress', 'json')
    await render()
    const explained = await run('explain', 'film.yaml', '--json')
    const unchanged = await render()
    const mib = unchanged.peakBytes / 1024 ** 2
    const row = (what, value, limit, unit) => ({
      what,
      ratio: value / limit,
      detail: `${value.toFixed(0)} ${unit}`,
    })
    return [
      row(`explain of ${SHOTS} shots over ${PLAN_MS} ms`, explained.ms, PLAN_MS, 'ms'),
      row(`unchanged render of ${SHOTS} shots over ${UNCHANGED_MS} ms`, unchanged.ms, UNCHANGED_MS, 'ms'),
      row(`its memory over ${MEMORY_MIB} MiB`, mib, MEMORY_MIB, 'MiB'),
    ]
  })

const smallFilm = (i) =>
  `size: 320x192\nfps: 12\nshots:\n  - {prompt: a fox in a meadow, seed: ${i}, duration: 6f}\n`

/** A batch over the same scripts rendered alone, less what each program needs to start and open its models. */
export const batch = () =>
  inFolder('', async (folder) => {
    mkdirSync(join(folder, 'scripts'))
    for (let i = 0; i < SCRIPTS; i++)
      writeFileSync(join(folder, `scripts/${i}.yaml`), i < BROKEN ? 'shots: [a: b]\n' : smallFilm(i))
    const flags = ['--progress', 'none', '--report', 'report.json', '--cache-dir', 'cache']
    const started = performance.now()
    const code = await exitCodeOf([program, 'render', 'scripts', ...flags], folder)
    const wholeMs = performance.now() - started
    const { films, failed, results } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
    if (code !== 1 || films !== SCRIPTS - BROKEN || failed !== BROKEN)
      throw new Error(`exit ${code}, ${films} films, ${failed} failed`)
    // From reading a script to its film, the program started and, but for the first, its models open.
    const partsMs = results.reduce((sum, { seconds }) => sum + seconds * 1000, 0)
    return [
      {
        what: `a batch of ${SCRIPTS} scripts over the sum of its parts without start-up`,
        ratio: wholeMs / partsMs,
        detail: `${(wholeMs / 1000).toFixed(1)} s, of which parts ${(partsMs / 1000).toFixed(1)} s`,
      },
    ]
  })

function exitCodeOf(args, cwd) {
  const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' })
  return new Promise((resolve) => child.on('close', resolve))
}
