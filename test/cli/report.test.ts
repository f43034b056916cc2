import { describe, expect, test } from 'vitest'
import { formatReportFile, type ScriptResult } from '../../src/cli/report.js'
import { outputsOf } from '../../src/cli/script-paths.js'
import { formatSummary } from '../../src/cli/summary.js'

const done = {
  event: 'done' as const,
  output: '/films/a.mp4',
  frames: 24,
  seconds: 1,
  elapsedMs: 5,
  nodes: { rendered: { keyframe: 2, movie: 1 }, reused: {} },
}
const good: ScriptResult = { script: 'a.yaml', done, failure: null, seconds: 1.5 }
const bad: ScriptResult = {
  script: 'ü "b".yaml',
  done: null,
  failure: {
    exitCode: 1,
    message: 'b: 1 error',
    hint: 'mend <it>',
    details: 'b.yaml:1:1: error: x & y [z]\n',
  },
  seconds: 0.25,
}

describe('reports', () => {
  test('JUnit: a case for each script, the diagnostics of those that failed', () => {
    expect(formatReportFile('r.xml', [good, bad])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="storyreel" tests="2" failures="1" errors="0" time="1.750">
  <testsuite name="storyreel" tests="2" failures="1" errors="0" time="1.750">
    <testcase classname="render" name="a.yaml" file="a.yaml" time="1.500"/>
    <testcase classname="render" name="ü &quot;b&quot;.yaml" file="ü &quot;b&quot;.yaml" time="0.250">
      <failure message="b: 1 error" type="exit 1">b.yaml:1:1: error: x &amp; y [z]
b: 1 error
hint: mend &lt;it&gt;</failure>
    </testcase>
  </testsuite>
</testsuites>
`)
  })
  test('JSON', () => {
    expect(JSON.parse(formatReportFile('r.json', [good, bad]))).toEqual({
      version: 1,
      films: 1,
      failed: 1,
      results: [good, bad],
    })
  })
  test('the table, with what was not reached', () => {
    expect(formatSummary([good, bad], 5)).toBe(
      '\na.yaml          1.5 s  24 frames, made 2 keyframes, 1 movie\nü "b".yaml      0.3 s  failed: b: 1 error\n1 film, 1 failed, 3 not reached\n',
    )
  })
})

describe('outputs', () => {
  test('beside the scripts, or in one folder', () => {
    expect([...outputsOf(['/x/a.yaml', '/y/b.reel.yml'], undefined).values()]).toEqual([
      '/x/a.mp4',
      '/y/b.reel.mp4',
    ])
    expect([...outputsOf(['/x/a.yaml', '-'], '/films').values()]).toEqual([
      '/films/a.mp4',
      '/films/stdin.mp4',
    ])
  })
  test('two of one name are refused', () => {
    expect(() => outputsOf(['/x/a.yaml', '/y/a.yaml'], '/films')).toThrow('would both become /films/a.mp4')
  })
})
