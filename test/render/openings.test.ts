import { expect, test } from 'vitest'
import { createOpenings } from '../../src/render/openings.js'

function counting(most?: number) {
  const told: string[] = []
  const openings = createOpenings(async (name: string) => {
    told.push(`open ${name}`)
    return { name, close: async () => void told.push(`close ${name}`) }
  }, most)
  return { openings, told }
}

test('each is opened once, and all are closed', async () => {
  const { openings, told } = counting()
  await Promise.all([openings.get('a'), openings.get('b'), openings.get('a')])
  expect(told).toEqual(['open a', 'open b'])
  await openings.close()
  expect(told.slice(2).sort()).toEqual(['close a', 'close b'])
})

test('with a limit, the one that was not asked for the longest makes room first', async () => {
  const { openings, told } = counting(2)
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect((await openings.get(name)).name).toBe(name)
  expect(told).toEqual(['open a', 'open b', 'close b', 'open c', 'close c', 'open b'])
  await openings.close()
  expect(told.slice(6)).toEqual(['close a', 'close b'])
})
