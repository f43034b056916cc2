// What became of the scripts of a batch, for CI: JUnit's XML, which every CI shows, or JSON.

import { xmlText } from '../diagnostic/xml.js'
import type { RenderDone } from '../render/events.js'

export type ScriptResult = {
  script: string
  /** Null when it failed. */
  done: RenderDone | null
  /** Null when it is good; `details` are its diagnostics, a line each. */
  failure: { exitCode: number; message: string; hint: string | null; details: string } | null
  seconds: number
}

export const isReport = (path: string): boolean => /\.(xml|json)$/i.test(path)

/** By the ending of the file's name. */
export const formatReportFile = (path: string, results: readonly ScriptResult[]): string =>
  /\.xml$/i.test(path) ? junitOf(results) : jsonOf(results)

/** As https://github.com/testmoapp/junitxml describes what tools agree on. */
function junitOf(results: readonly ScriptResult[]): string {
  const failures = results.filter(({ failure }) => failure !== null).length
  const seconds = results.reduce((sum, each) => sum + each.seconds, 0)
  const attributes = `name="storyreel" tests="${results.length}" failures="${failures}" errors="0" time="${seconds.toFixed(3)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes}>`,
    `  <testsuite ${attributes}>`,
    ...results.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase({ script, failure, seconds }: ScriptResult): string {
  const head = `    <testcase classname="render" name="${attribute(script)}" file="${attribute(script)}" time="${seconds.toFixed(3)}"`
  if (failure === null) return `${head}/>`
  const text = [failure.details.trimEnd(), failure.message, failure.hint && `hint: ${failure.hint}`]
  return [
    `${head}>`,
    `      <failure message="${attribute(failure.message)}" type="exit ${failure.exitCode}">${xmlText(text.filter(Boolean).join('\n'))}</failure>`,
    '    </testcase>',
  ].join('\n')
}

const jsonOf = (results: readonly ScriptResult[]): string =>
  `${JSON.stringify({ version: 1, films: results.filter((r) => r.done).length, failed: results.filter((r) => r.failure).length, results }, null, 2)}\n`

const attribute = (text: string): string => xmlText(text).replace(/\s+/g, ' ')
