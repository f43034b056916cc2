// The JSON Schema against a real validator: what `check` takes the schema takes, and most of what it refuses too.

import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { KEY_INFO } from '../../src/script/key-info.js'
import { KEYS } from '../../src/script/keys.js'
import { scriptSchema } from '../../src/script/schema.js'
import { checkScript } from '../../src/story/check.js'

const validate = new Ajv({ allowUnionTypes: true, strict: true, strictRequired: false }).compile(
  scriptSchema(),
)
const root = new URL('../../', import.meta.url)
const scriptsIn = (folder: string) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, text: readFileSync(new URL(`${folder}/${name}`, root), 'utf8') }))

const all = [...scriptsIn('examples'), ...scriptsIn('test/suite')]
const read = all.flatMap(({ name, text }) => {
  try {
    return [{ name, data: parse(text) as unknown, diagnostics: checkScript(text, name).diagnostics }]
  } catch {
    return []
  }
})
const errorsOf = (diagnostics: readonly { severity: string; code: string }[]) =>
  diagnostics.filter((d) => d.severity === 'error').map((d) => d.code)

describe('the schema', () => {
  test('takes every script that check takes', () => {
    const refused = read
      .filter(({ diagnostics }) => errorsOf(diagnostics).length === 0)
      .filter(({ data }) => !validate(data))
      .map(({ name }) => name)
    expect(refused).toEqual([])
    expect(read.length).toBeGreaterThan(80)
  })

  test('refuses faults of keys, types and notations', () => {
    const telling =
      /unknown-key|wrong-type|missing-value|scenes-and-shots|value\/(duration|camera|size|scheduler|motion|transition)|two-contents|no-content|no-shots|walk\/too-short|bad-name/
    const broken = read.filter(({ diagnostics }) => errorsOf(diagnostics).some((code) => telling.test(code)))
    const taken = broken.filter(({ data }) => validate(data)).map(({ name }) => name)
    expect(taken).toEqual([])
    expect(broken.length).toBeGreaterThan(30)
  })

  test('says something about every key, and about no other', () => {
    const keys = Object.values(KEYS).flat()
    expect(Object.keys(KEY_INFO).sort()).toEqual([...new Set(keys)].sort())
  })
})
