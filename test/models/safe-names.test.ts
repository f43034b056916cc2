// Names from outside: files of a list, models, references, addresses, licences.

import { describe, expect, test } from 'vitest'
import { CATALOGUE, findInCatalogue } from '../../src/models/catalogue.js'
import { isNonCommercial } from '../../src/models/licence-terms.js'
import { isRepo, parseHubPage, parseReference } from '../../src/models/model-reference.js'
import { modelsFolder } from '../../src/models/models-folder.js'
import { escapeProblem, findClash, isModelName, pathProblem } from '../../src/models/safe-path.js'

describe('paths of a file list', () => {
  test.each([
    '../evil',
    'unet/../../evil',
    'unet/..',
    '/etc/passwd',
    'C:/evil',
    'c:evil',
    '..\\evil',
    'unet\\model.onnx',
    'a\0b',
    'a\nb',
    '',
  ])('%j leads out of the folder', (path) => {
    expect(escapeProblem(path)).not.toBeNull()
    expect(pathProblem(path)).not.toBeNull()
  })
  test.each([
    'a//b',
    './a',
    'a/.',
    'a/',
    'CON',
    'unet/aux.onnx',
    'nul',
    'COM1.txt',
    'a.',
    'a ',
    'a:stream',
    'a?',
    'x'.repeat(256),
  ])('%j cannot be made everywhere', (path) => {
    expect(pathProblem(path)).not.toBeNull()
  })
  test.each([
    'model_index.json',
    'unet/model.onnx',
    '..a/b..c',
    'tokenizer/vocab.json',
    'größe/模型.onnx',
    'console/com.txt',
  ])('%j is fine', (path) => {
    expect(pathProblem(path)).toBeNull()
  })
  test('case and forms of Unicode make two paths one', () => {
    expect(findClash(['unet/a', 'unet/b'])).toBeNull()
    expect(findClash(['unet/Model.onnx', 'x', 'UNET/model.onnx'])).toEqual([
      'unet/Model.onnx',
      'UNET/model.onnx',
    ])
    expect(findClash(['\u00e4', 'a\u0308'])).not.toBeNull()
  })
  test('a name to install under', () => {
    expect(['sd-1.5', 'LCM_7', 'a'].every(isModelName)).toBe(true)
    expect(['', '.a', '-a', 'a/b', 'a b', 'nul', 'a.', '..', 'x'.repeat(97)].some(isModelName)).toBe(false)
  })
})

describe('references', () => {
  test('owner/name with or without a revision', () => {
    expect(parseReference('owner/name')).toEqual({ repo: 'owner/name', revision: 'main', endpoint: null })
    expect(parseReference('o/n.x@refs/pr/1')).toMatchObject({ repo: 'o/n.x', revision: 'refs/pr/1' })
  })
  test.each([
    'name',
    'a/b/c',
    '../x',
    'a/..',
    '.a/b',
    'a/b--c',
    'a/b.git',
    'a/b@',
    'a/b@x y',
    'a/b@..',
    `a/${'b'.repeat(96)}`,
  ])('%j is none', (text) => {
    expect(parseReference(text)).toBeNull()
  })
  test('a page of a hub', () => {
    const page = (address: string) => parseHubPage(new URL(address))
    expect(page('https://hub.example/o/n')).toEqual({
      repo: 'o/n',
      revision: 'main',
      endpoint: 'https://hub.example',
    })
    expect(page('https://hub.example/o/n/tree/refs%2Fpr%2F1')).toMatchObject({ revision: 'refs/pr/1' })
    expect(page('https://hub.example/o/n/blob/main/x')).toBeNull()
    expect(page('https://hub.example/o')).toBeNull()
  })
})

test('the catalogue is sound', () => {
  for (const { name, repo, family, bytes } of CATALOGUE) {
    expect(isModelName(name) && isRepo(repo) && bytes > (family === 'preview' ? 1e6 : 1e9), name).toBe(true)
    expect(findInCatalogue(name)?.repo).toBe(repo)
  }
  expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length)
})

test('licences that say no to commerce', () => {
  expect(['sai-nc-community', 'cc-by-nc-4.0', 'stabilityai-non-commercial'].every(isNonCommercial)).toBe(true)
  expect(['mit', 'creativeml-openrail-m', 'openrail++', 'apache-2.0'].some(isNonCommercial)).toBe(false)
})

test('where models live', () => {
  const folder = (env: Record<string, string>) => modelsFolder({ env, cwd: '/here', platform: 'linux' })
  expect(folder({ STORYREEL_MODELS_DIR: 'm', XDG_DATA_HOME: '/d' })).toBe('/here/m')
  expect(folder({ XDG_DATA_HOME: '/d' })).toBe('/d/storyreel/models')
  expect(folder({})).toMatch(/\.local\/share\/storyreel\/models$/)
})
