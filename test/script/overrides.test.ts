import { expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'

const SCRIPT = 'fps: 24\ndefaults: {seed: 1}\nshots: [a boat]\n'
const checked = (...set: string[]) => checkScript(SCRIPT, 'x', set)

test('film keys of the command line win over the script and its defaults', () => {
  const { storyboard, diagnostics } = checked('fps=12', 'seed = 9', 'title=A Sea')
  expect(diagnostics).toEqual([])
  expect(storyboard).toMatchObject({ title: 'A Sea', fps: { num: 12, den: 1 }, frames: 36 })
  expect(storyboard!.shots[0]!.take).toMatchObject({ diffusion: { seed: 9 } })
})

test('bad ones are errors with a suggestion', () => {
  const { storyboard, diagnostics } = checked('sed=9')
  expect(storyboard).toBeNull()
  expect(diagnostics.map((d) => [d.code, d.span?.file, d.hints])).toEqual([
    ['script/unknown-key', '--set', ['did you mean "seed"?']],
  ])
})
