import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { findInterpolation, listInterpolations } from '../../src/models/find-interpolation.js'

let folder: string
const host = {
  ...nodeHost(),
  get cwd() {
    return folder
  },
}

/** Files by path; what is in them doesn't matter to finding. */
function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-find-interpolation-'))
  write({
    'mine/rife/model.onnx': 'graph',
    'mine/rife/model.onnx_data': 'weights',
    'mine/rife/interpolation.json': '{"multiple": 32}',
    'mine/rife/README.md': 'card',
    'mine/two/model.onnx': 'graph',
    'mine/two/coarse.onnx': 'another',
    'mine/two/coarse.onnx.data': 'weights',
    'mine/two/interpolation.json': '{"motion": "coarse.onnx"}',
    'mine/painter/model_index.json': '{}',
    'mine/painter/model.onnx': 'graph',
    'mine/empty/notes.txt': '',
    'other/rife/model.onnx': 'another graph',
    'alone/net.onnx': 'graph',
    'alone/net.onnx.data': 'weights',
    'alone/another.onnx': 'graph',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const folders = () => [join(folder, 'mine'), join(folder, 'other')]
const find = (name: string) => findInterpolation(name, host, folders())
const refusal = (name: string) =>
  find(name).then(
    () => null,
    (error) => ({ exitCode: error.exitCode, text: `${error.message} | ${error.hint}` }),
  )

describe('a model is found', () => {
  test('by name, in the first folder that has it, with all that its frames depend on', async () => {
    expect(await find('rife')).toEqual({
      name: 'rife',
      folder: join(folder, 'mine/rife'),
      files: ['model.onnx', 'model.onnx_data', 'interpolation.json'],
      multiple: 32,
      motion: null,
    })
  })

  test('with the graph that finds its motion, when its settings name one', async () => {
    expect(await find('two')).toMatchObject({
      files: ['model.onnx', 'coarse.onnx', 'coarse.onnx.data', 'interpolation.json'],
      multiple: 64,
      motion: 'coarse.onnx',
    })
  })

  test('by the path of its folder or of its graph', async () => {
    expect(await find('./other/rife')).toMatchObject({ folder: join(folder, 'other/rife'), multiple: 64 })
    expect(await find(join(folder, 'other/rife'))).toMatchObject({ files: ['model.onnx'] })
    for (const path of ['alone/net.onnx', './alone/net.onnx']) {
      expect(await find(path)).toEqual({
        name: path,
        folder: join(folder, 'alone'),
        files: ['net.onnx', 'net.onnx.data'],
        multiple: 64,
        motion: null,
      })
    }
  })

  test('blend is none', async () => {
    expect(await find('blend')).toBeNull()
  })

  test('in the list, without what is no interpolation model', async () => {
    const names = await listInterpolations(host, folders())
    expect(names).toEqual(expect.arrayContaining(['blend', 'rife']))
    expect(names).not.toEqual(expect.arrayContaining(['painter']))
    expect(names).not.toEqual(expect.arrayContaining(['empty']))
  })
})

describe('a model is not found', () => {
  test('with the nearest name', async () => {
    expect(await refusal('rifle')).toEqual({
      exitCode: 3,
      text: 'there is no interpolation model called "rifle" | did you mean rife?',
    })
    expect((await refusal('blemd'))!.text).toContain('did you mean blend?')
  })

  test('with all names when none is near', async () => {
    expect((await refusal('something else'))!.text).toMatch(/there are: blend, .*rife/)
  })

  test('at a path', async () => {
    for (const path of ['./nowhere', 'mine/empty', 'mine/painter', './nowhere.onnx']) {
      expect(await refusal(path)).toMatchObject({
        exitCode: 3,
        text: expect.stringContaining(`at ${path} |`),
      })
    }
  })

  test('when its settings make no sense', async () => {
    for (const [name, settings] of Object.entries({
      text: '{"multiple": "64"}',
      zero: '{"multiple": 0}',
      half: '{"multiple": 1.5}',
      huge: '{"multiple": 100000}',
    })) {
      write({ [`mine/${name}/model.onnx`]: 'graph', [`mine/${name}/interpolation.json`]: settings })
      expect(await refusal(name)).toMatchObject({
        exitCode: 3,
        text: expect.stringContaining('"multiple" is'),
      })
    }
    write({ 'mine/lost/model.onnx': 'graph', 'mine/lost/interpolation.json': '{"motion": "coarse.onnx"}' })
    expect(await refusal('lost')).toMatchObject({
      exitCode: 3,
      text: expect.stringMatching(/"motion" is "coarse.onnx" .*same folder/),
    })
    write({ 'mine/list/model.onnx': 'graph', 'mine/list/interpolation.json': '[]' })
    expect(await refusal('list')).toMatchObject({
      text: expect.stringContaining('interpolation.json is damaged'),
    })
  })
})
