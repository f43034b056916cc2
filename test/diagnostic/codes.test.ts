import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CODES } from '../../src/diagnostic/codes.js'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const codes = Object.keys(CODES)

test('docs/errors.md has one row for each code, with its severity', () => {
  const rows = [
    ...read('../../docs/errors.md').matchAll(/^\| `([a-z-]+\/[a-z-]+)` \| (error|warning|info) \|/gm),
  ]
  expect(rows.map((row) => row[1]).sort()).toEqual([...codes].sort())
  for (const [, code, severity] of rows)
    expect([code, severity]).toEqual([code, CODES[code as keyof typeof CODES].severity])
})

test('each code is brought about by a suite script, or by a test of what one script can not show', () => {
  const suite = new URL('../suite/', import.meta.url)
  const annotated = (readdirSync(suite, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(new URL(name, suite), 'utf8'))
    .join('\n')
  const tests = [
    'script/hostile',
    'script/decode',
    'script/include',
    'render/check-files',
    'story/speech',
    'story/glyph-check',
  ]
    .map((name) => read(`../${name}.test.ts`))
    .join('\n')
  const isShown = (code: string) =>
    new RegExp(`^\\ufeff?# \\w+: \\S+ ${code}\\r?$`, 'm').test(annotated) || tests.includes(`'${code}'`)
  expect(codes.filter((code) => !isShown(code))).toEqual([])
})
