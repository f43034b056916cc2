// Depth models as they are exported. tools/golden/depth.py makes them with transformers.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { settle } from '../../dist/depth/depth-map.js'
import { depthFromModel } from '../../dist/depth/from-model.js'
import { nodeHost } from '../../dist/host/node-host.js'
import { decodePicture } from '../../dist/image/picture.js'
import { findDepth, listDepths } from '../../dist/models/find-depth.js'
import { listInterpolations } from '../../dist/models/find-interpolation.js'
import { openDepthFinder } from '../../dist/render/depth-finder.js'

const host = nodeHost()
const never = new AbortController().signal
const golden = fileURLToPath(new URL('../golden/depth', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'storyreel-depth-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const picture = () => decodePicture(readFileSync(join(golden, 'picture.png')))
const find = async (nameOrPath: string) => {
  const finder = await openDepthFinder(nameOrPath, host, { threads: 1, device: 'cpu', folders: [golden] })
  try {
    return await finder.find(await picture(), never)
  } finally {
    await finder.close()
  }
}

describe('a depth model', () => {
  test('of the layout of Depth Anything tells what transformers makes of it', async () => {
    const bytes = readFileSync(join(golden, 'map.f32'))
    const map = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    const wanted = settle(depthFromModel(map, { width: 84, height: 56 }, false, { width: 84, height: 56 }))
    const made = await find('depth-anything')
    expect([made.width, made.height]).toEqual([84, 56])
    let worst = 0
    for (const [i, near] of made.data.entries()) worst = Math.max(worst, Math.abs(near - wanted.data[i]!))
    expect(worst).toBeLessThan(1e-3)
    expect(Math.max(...made.data) - Math.min(...made.data)).toBeGreaterThan(0.5)
  })

  test('takes any size where its graph does, by name or by path', async () => {
    const byName = await find('bright')
    const byPath = await find(join(golden, 'bright', 'model.onnx'))
    const [dark, bright] = [byName.data[0]!, byName.data.at(-1)!]
    expect(bright).toBeGreaterThan(dark + 0.5)
    expect(byPath.width).toBe(byName.width)
  })

  test('is found with its settings, and is no interpolation model', async () => {
    expect(await listDepths(host, [golden])).toEqual(['bright', 'depth-anything', 'layout'])
    expect(await listInterpolations(host, [golden])).not.toContain('bright')
    expect(await findDepth('depth-anything', host, [golden])).toMatchObject({
      files: ['model.onnx', 'config.json', 'preprocessor_config.json'],
      isMetric: false,
    })
    expect(await findDepth('layout', host)).toBeNull()
  })

  test.each([
    ['brigth', /^there is no depth model called "brigth"/, /did you mean bright/],
    ['./nowhere', /^no depth model at \.\/nowhere/, /give an \.onnx file/],
  ])('that there is not: %s', async (name, message, hint) => {
    const failure = await openDepthFinder(name, host, { threads: 1, folders: [golden] }).catch(
      (error) => error,
    )
    expect(failure).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  test('that takes other things, or gives none, says so', async () => {
    const pair = fileURLToPath(new URL('../golden/interpolation/film-own.onnx', import.meta.url))
    const failure = await find(pair).catch((error) => error)
    expect(failure).toMatchObject({ exitCode: 3, message: expect.stringContaining("can't be used") })
    const upscaler = fileURLToPath(new URL('../golden/upscaler.onnx', import.meta.url))
    expect(await find(upscaler).catch((error) => error)).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/made 1 x 3 x \d+ x \d+ of one picture, not one map/),
    })
  })

  test('in the layout of a hub, with the graph in a folder of its own', async () => {
    const path = join(folder, 'hub')
    cpSync(join(golden, 'bright', 'model.onnx'), join(path, 'onnx', 'model.onnx'), { recursive: true })
    writeFileSync(join(path, 'preprocessor_config.json'), '{"do_resize": false}')
    expect(await findDepth('hub', host, [folder])).toMatchObject({
      files: ['onnx/model.onnx', 'preprocessor_config.json'],
    })
  })
})
