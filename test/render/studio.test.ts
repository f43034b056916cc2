// A studio's models between the plan and the painting.

import { cpSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { check, studio } from '../../dist/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-studio-'))
  cpSync(fileURLToPath(new URL('../golden/tiny-sd', import.meta.url)), join(folder, 'tiny'), {
    recursive: true,
  })
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a model that changes after the plan is not painted with, since the keys name the old one', async () => {
  const model = join(folder, 'tiny')
  const using = studio({ cacheFolder: join(folder, 'cache'), device: 'cpu' })
  const signal = new AbortController().signal
  const { value } = check(`model: ${model}\nshots:\n  - {prompt: a fox, duration: 1s}\n`)
  await using.plan(value!)
  const painter = await using.openPainter(model, signal)
  await painter.close()
  const unet = join(model, 'unet', 'model.onnx')
  utimesSync(unet, new Date(), new Date(1e12))
  await expect(using.openPainter(model, signal)).rejects.toMatchObject({
    exitCode: 3,
    message: `${unet} has changed since the film was planned`,
  })
})
