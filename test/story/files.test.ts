import { expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'
import { mentionedFiles } from '../../src/story/mentioned-files.js'

const SCRIPT = `lora: film.safetensors
embedding: film.pt
cast:
  TOM: {looks: a boy, lora: 'tom.safetensors:0.7', embedding: tommy=tom.pt, model: tom-model}
  ANNA: {looks: a girl, lora: ['tom.safetensors:0.2', anna.safetensors], reference: anna.png}
scenes:
  - scene: A
    lora: scene.safetensors
    shots:
      - a boat
      - TOM and ANNA
      - {prompt: ANNA and TOM, lora: 'tom.safetensors:0.5'}
      - {prompt: TOM, lora: [], embedding: []}
      - {walk: [a boat, ANNA], lora: []}
      - {image: x.png, prompt: TOM, model: own}
  - scene: B
    shots: [a boat]
`

test('a shot has its own files, else those of scene and film, and those of its members', () => {
  const { storyboard, diagnostics } = checkScript(SCRIPT, 'stories/film.yaml')
  expect(diagnostics).toEqual([])
  const shown = storyboard!.shots.map(({ take }) => {
    if (take.kind !== 'diffused') throw new Error('every shot is painted')
    const { loras = [], embeddings = [] } = take.diffusion
    return [...loras.map(({ file, weight }) => `${file}:${weight}`), ...embeddings.map(({ file }) => file)]
  })
  const names = shown.map((files) => files.join(' ').replaceAll('stories/', ''))
  expect(names).toEqual([
    'scene.safetensors:1 film.pt',
    'scene.safetensors:1 tom.safetensors:0.7 anna.safetensors:1 film.pt tom.pt',
    'tom.safetensors:0.5 anna.safetensors:1 film.pt tom.pt',
    'tom.safetensors:0.7 tom.pt',
    'tom.safetensors:0.2 anna.safetensors:1 film.pt',
    'scene.safetensors:1 tom.safetensors:0.7 film.pt tom.pt',
    'film.safetensors:1 film.pt',
  ])
})

test("a shot's own model wins over a member's, that over the film's", () => {
  const { storyboard } = checkScript(SCRIPT.replace(/^/, 'model: base\n'), 'film.yaml')
  const models = storyboard!.shots.map(({ take }) => (take.kind === 'diffused' ? take.diffusion.model : null))
  expect(models).toEqual(['base', 'tom-model', 'tom-model', 'tom-model', 'base', 'own', 'base'])
})

test('every file that a script names is found where it is named, relative to the script', () => {
  const { script } = checkScript(SCRIPT, 'stories/film.yaml')
  const found = mentionedFiles(script).map(({ kind, file, span }) => [
    kind,
    file,
    SCRIPT.slice(span.start, span.end),
  ])
  expect(found).toContainEqual(['lora', 'stories/film.safetensors', 'film.safetensors'])
  expect(found).toContainEqual(['embedding', 'stories/tom.pt', 'tommy=tom.pt'])
  expect(found).toContainEqual(['picture', 'stories/anna.png', 'anna.png'])
  expect(found).toContainEqual(['picture', 'stories/x.png', 'x.png'])
  expect(found).toHaveLength(10)
})
