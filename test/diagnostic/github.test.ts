import { expect, test } from 'vitest'
import { formatDiagnostics } from '../../src/diagnostic/format.js'
import { checkScript } from '../../src/story/check.js'

const format = (text: string, file: string) =>
  formatDiagnostics(checkScript(text, file).diagnostics, new Map([[file, text]]), {
    format: 'github',
    color: false,
  })

test('annotations at line and column, with hints, escaped', () => {
  expect(format('shots:\n  - {prompt: 100% fox, camra: hold}\n', 'a,b:c.yaml')).toBe(
    '::error title=shot/unknown-key,file=a%2Cb%3Ac.yaml,line=2,col=24,endLine=2,endColumn=29::a shot has no key "camra"%0Ahint: did you mean "camera"?\n',
  )
})

test('warnings are warnings, and nothing is nothing', () => {
  expect(format('shots:\n  - {prompt: a fox, say: 船}\n', 'a.yaml')).toMatch(
    /^::warning title=say\/not-spoken,/,
  )
  expect(format('- a fox\n', 'a.yaml')).toBe('')
})
