import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('2,000 mutated scripts are checked without a crash or a hang', () => {
  const program = fileURLToPath(new URL('run.js', import.meta.url))
  const output = execFileSync(process.execPath, [program, '--count', '2000', '--seed', '42'], {
    encoding: 'utf8',
  })
  expect(output).toMatch(/^2000 scripts, \d+ of them still films/)
})
