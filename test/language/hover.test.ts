import { describe, expect, test } from 'vitest'
import { hover } from '../../src/language/hover.js'
import { foldsOf, outlineOf } from '../../src/language/outline.js'
import { CURSOR, FILM, withCursor } from './cursor.js'

const over = (before: string, after = before) => {
  const { analysis, offset } = withCursor(FILM.replace(before, after.slice(0, 1) + CURSOR + after.slice(1)))
  return hover(analysis, offset)
}

describe('hover', () => {
  test('a member in a scene: age from the year, looks by weight', () => {
    const { markdown, shot } = over('TOM stands')!
    expect(markdown).toContain('**TOM**, 19 years old')
    expect(markdown).toContain('- a boy with red hair (50 %)')
    expect(markdown).toContain('- a man with red hair in a blue coat (50 %)')
    expect(shot).toBeNull()
  })
  test('a member at an age in an outfit', () => {
    const { markdown } = over('TOM@8@storm')!
    expect(markdown).toContain('**TOM**, 8 years old')
    expect(markdown).toContain('a boy with red hair in a yellow raincoat')
  })
  test('an outfit and a place', () => {
    expect(over('storm\n', 'storm\n')!.markdown).toBe('**TOM, storm**: in a yellow raincoat')
    expect(over('HARBOUR - DAWN')!.markdown).toBe('**HARBOUR**: a village by the sea')
  })
  test('a key', () => {
    expect(over('camera: push')!.markdown).toMatch(/^\*\*camera\*\*: Camera move/)
    expect(over('born: 1950')!.markdown).toMatch(/^\*\*born\*\*/)
  })
  test('a shot: composed prompt, times, seed, camera', () => {
    const { markdown, shot } = over('stands on the left')!
    expect(shot?.id).toBe('1.1')
    expect(markdown).toContain('0.00 s, for 3.00 s (72 frames)')
    expect(markdown).toContain(
      'a boy with red hair stands on the left, an orange fox on the right, a village by the sea, dawn',
    )
    expect(markdown).toMatch(/seed \d+ · storybook · camera hold/)
  })
  test('nothing on a title', () => expect(over('The Fox')).toBeNull())
})

describe('outline', () => {
  test('cast, places, scenes with shots, in the order of the file', () => {
    const { analysis } = withCursor(`${CURSOR}${FILM}`)
    const tree = outlineOf(analysis)
    expect(tree.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'cast TOM',
      'cast OLD FOX',
      'place HARBOUR',
      'scene EXT. HARBOUR - DAWN',
      'scene INT. STUDY - NIGHT',
    ])
    expect(tree[4]!.children.map(({ name, detail }) => `${name} ${detail}`)).toEqual(['2.1 TOM → TOM@30'])
  })
  test('folds', () => {
    const { analysis } = withCursor(`${CURSOR}${FILM}`)
    const folds = foldsOf(analysis).map(({ first, last }) => `${first}-${last}`)
    expect(folds).toContain('2-10')
    expect(folds).toContain('14-19')
    expect(folds).toContain('24-27')
  })
})
