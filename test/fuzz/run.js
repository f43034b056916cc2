// Checks mutated scripts with the built product, and asks of them what an editor asks: nothing may throw, and none may take
// a second of computing time.
// usage: node test/fuzz/run.js [--count 100000] [--seed 1]

import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { formatDiagnostics } from '../../dist/diagnostic/format.js'
import { vocabulary } from '../../dist/index.js'
import { analyse } from '../../dist/language/analysis.js'
import { complete } from '../../dist/language/complete.js'
import { hover } from '../../dist/language/hover.js'
import { nameAt, namesIn, referencesOf, rename } from '../../dist/language/names.js'
import { foldsOf, outlineOf } from '../../dist/language/outline.js'
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
    const analysis = analyse(text, 'fuzz.yaml', words)
    const { diagnostics, storyboard } = analysis.checked()
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
    if (storyboard) good++
    const complaint = askAbout(analysis, Math.floor(random() * (text.length + 1)))
    if (complaint !== null) return complaint
  } catch (error) {
    return error instanceof Error ? error.stack : String(error)
  }
  const { user } = process.cpuUsage(before)
  slowestMs = Math.max(slowestMs, user / 1000)
  return user > 1_000_000 ? `took ${user / 1000} ms` : null
}

/**
 * @param {import('../../dist/language/analysis.js').Analysis} analysis
 * @param {number} offset
 */
function askAbout(analysis, offset) {
  const { text, script } = analysis
  for (const { start } of complete(text, offset, script, {
    models: ['storybook'],
    interpolations: ['film'],
    depths: ['layout'],
  }))
    if (!(0 <= start && start <= offset)) return `a completion starts at ${start}, the cursor is at ${offset}`
  const span = hover(analysis, offset)?.span
  if (span && !(span.start <= offset && offset <= span.end)) return 'a hover that is not about the cursor'
  outlineOf(analysis)
  foldsOf(analysis)
  const uses = namesIn(script, text)
  const use = nameAt(uses, 'fuzz.yaml', offset)
  if (use === null) return null
  if (!referencesOf(use, uses).includes(use)) return 'a name that does not refer to itself'
  rename(use, 'SOMEBODY ELSE', script, text)
  return null
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
}
console.log(`${count} scripts, ${good} of them still films; slowest ${slowestMs.toFixed(0)} ms`)
