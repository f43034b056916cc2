import { describe, expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'
import { columnShares } from '../../src/story/standing.js'

const CAST = `cast:
  TOM: {looks: a boy, seed: 1}
  ANNA: {looks: a woman, seed: 2}
  BEN: {looks: a man, seed: 3}
  FOX: a fox
`
function standing(words: string): Record<string, string> {
  const { storyboard } = checkScript(`${CAST}shots:\n  - ${JSON.stringify(words)}\n`, 'film.yaml')
  const { take } = storyboard!.shots[0]!
  if (take.kind !== 'diffused') throw new Error('not diffused')
  const names: Record<number, string> = { 1: 'TOM', 2: 'ANNA', 3: 'BEN' }
  const found = take.diffusion.standings ?? []
  return Object.fromEntries(
    found.map(({ seed, x, width }) => [names[seed!]!, `${x} ${width === null ? 'whole' : width.toFixed(2)}`]),
  )
}

describe('where a member stands', () => {
  test.each([
    ['TOM in a meadow', { TOM: '0.5 0.50' }],
    ['TOM on the left, a boat on the right', { TOM: '0.25 0.50' }],
    ['TOM, a boat on the right', { TOM: '0.5 0.50' }],
    ['on the right TOM waves', { TOM: '0.75 0.50' }],
    ['wide shot of TOM in the middle', { TOM: '0.5 0.35' }],
    ['close-up of TOM', { TOM: '0.5 whole' }],
    ['TOM and ANNA', { TOM: '0.25 0.50', ANNA: '0.75 0.50' }],
    ['TOM on the right, ANNA', { TOM: '0.75 0.50', ANNA: '0.25 0.50' }],
    ['TOM on the left and ANNA on the left', { TOM: '0.25 0.50', ANNA: '0.75 0.50' }],
    ['FOX and ANNA by a campfire', { ANNA: '0.75 0.50' }],
    ['close-up of TOM and ANNA', { TOM: '0.25 0.50', ANNA: '0.75 0.50' }],
    ['TOM, ANNA and BEN', { TOM: '0.19 0.33', ANNA: '0.5 0.33', BEN: '0.81 0.33' }],
    ['TOM in the middle, ANNA on the left, BEN', { TOM: '0.5 0.33', ANNA: '0.19 0.33', BEN: '0.81 0.33' }],
    ['TOM meets TOM again', { TOM: '0.5 0.50' }],
    ['TOM, ANNA, BEN and FOX', {}],
    ['FOX alone', {}],
    ['a boat', {}],
  ])('%s', (words, wanted) => {
    expect(standing(words)).toEqual(wanted)
  })
})

test.each([
  ['TOM', true],
  ['TOM on the left', true],
  ['close-up of TOM', false],
  ['wide shot of TOM', false],
])('a reference counts in shots that are framed as it is: %s', (words, counts) => {
  const text = `cast:\n  TOM: {looks: a boy, reference: tom.png}\nshots:\n  - ${words}\n`
  const { take } = checkScript(text, 'film.yaml').storyboard!.shots[0]!
  const found = take.kind === 'diffused' ? take.diffusion.standings?.map(({ reference }) => reference) : null
  expect(found).toEqual(counts ? ['tom.png'] : undefined)
})

test('columns are shared softly, and nobody has more than all of one', () => {
  const at = (x: number, width: number | null) => ({ seed: 1, reference: null, x, width })
  const shares = columnShares([at(0.25, 0.5), at(0.5, 0.5), at(0.75, 0.5)], 40)
  for (let column = 0; column < 40; column++) {
    const sum = shares.reduce((total, own) => total + own[column]!, 0)
    expect(sum).toBeLessThanOrEqual(1 + 1e-6)
  }
  const [alone] = columnShares([at(0.5, 0.5)], 40)
  expect([...alone!].slice(0, 10).every((share) => share === 0)).toBe(true)
  expect(alone![20]).toBe(1)
  expect(alone![11]!).toBeGreaterThan(0)
  expect(alone![11]!).toBeLessThan(1)
  expect(columnShares([at(0.5, null)], 3)).toEqual([Float32Array.of(1, 1, 1)])
})
