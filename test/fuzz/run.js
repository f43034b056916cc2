// Checks mutated scripts with the built product: nothing may throw, and none may take a second of computing time.
// usage: node test/fuzz/run.js [--count 100000] [--seed 1]

import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { formatDiagnostics } from '../../dist/diagnostic/format.js'
import { vocabulary } from '../../dist/index.js'
import { checkScript } from '../../dist/story/check.js'
import { mutate } from './mutate.js'
import { randomNumbers } from './random.js'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
})
const count = Number(values.count)
const random = randomNumbers(Number(values.seed))

/** @param {string} folder */
const scriptsIn = (folder) =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readFileSync(new URL(folder + name, import.meta.url), 'utf8'))

const corpus = [
  ...scriptsIn('../suite/'),
  ...scriptsIn('../suite/vocabulary/'),
  ...scriptsIn('../../examples/'),
]

const words = await vocabulary()

/** @param {string} text */
function complaintAbout(text) {
  const before = process.cpuUsage()
  try {
    const { diagnostics, storyboard } = checkScript(text, 'fuzz.yaml', [], words)
    const isWrong = diagnostics.some((d) => d.severity === 'error')
    if (isWrong !== (storyboard === null)) return 'a storyboard beside errors, or neither'
    for (const { span, code } of diagnostics)
      if (span && !(0 <= span.start && span.start <= span.end && span.end <= text.length))
        return `span out of range: ${code}`
    for (const format of /** @type {const} */ (['human', 'short', 'json']))
      formatDiagnostics(diagnostics, new Map([['fuzz.yaml', text]]), { format, color: false })
    if (
      storyboard &&
      storyboard.frames !== Math.max(...storyboard.shots.map((shot) => shot.start + shot.frames))
    )
      return 'the film does not end with its last shot'
  } catch (error) {
    return error instanceof Error ? error.stack : String(error)
  }
  const { user } = process.cpuUsage(before)
  slowestMs = Math.max(slowestMs, user / 1000)
  return user > 1_000_000 ? `took ${user / 1000} ms` : null
}

let slowestMs = 0
let good = 0
for (let i = 0; i < count; i++) {
  const text = mutate(corpus, random)
  const complaint = complaintAbout(text)
  if (complaint !== null) {
    console.log(`script ${i}: ${complaint}\n${JSON.stringify(text).slice(0, 4000)}`)
    process.exit(1)
  }
  if (checkScript(text, 'fuzz.yaml').storyboard) good++
}
console.log(`${count} scripts, ${good} of them still films; slowest ${slowestMs.toFixed(0)} ms`)
