import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { check, readIncludes } from '../../src/index.js'

type Picture = { name: string; films: { script: string; at: number[] }[] }

const at = (path: string) => new URL(`../../${path}`, import.meta.url)
const { pictures }: { pictures: Picture[] } = await import(at('tools/pictures/films.js').href)
const page = readFileSync(at('docs/language.md'), 'utf8')
const files = readdirSync(at('docs/pictures'))

test('the pictures of the language page are those that the script makes', () => {
  const made = pictures.map(({ name }) => `${name}.jpg`)
  const shown = [...page.matchAll(/!\[[^\]]+\]\(pictures\/([^)]+)\)/g)].map((match) => match[1]!)
  expect(shown.toSorted()).toEqual(made.toSorted())
  expect(files.toSorted()).toEqual(made.toSorted())
})

test('every picture says in words what is seen in it', () => {
  expect(page).not.toMatch(/!\[\s*\]/)
})

test('the pictures stay small', () => {
  const bytes = files.map((file) => statSync(at(`docs/pictures/${file}`)).size)
  expect(Math.max(...bytes)).toBeLessThan(100_000)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_500_000)
})

test('the films of the pictures have no faults', async () => {
  for (const { name, films } of pictures)
    for (const { script } of films) {
      const file = fileURLToPath(at(`.tmp/pictures/films/${name}.yaml`))
      const { diagnostics } = check(script, { file, included: await readIncludes(script, file) })
      expect({ name, diagnostics }).toEqual({ name, diagnostics: [] })
    }
})
