// The chain that makes the embedded model, at tiny size.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pythonLacks, runPython, SMOKE_TIMEOUT_MS } from './python.js'

const NEEDED = [
  'torch',
  'numpy',
  'PIL',
  'skia',
  'onnx',
  'onnxruntime',
  'diffusers',
  'transformers',
  'tokenizers',
]

const root = fileURLToPath(new URL('../..', import.meta.url))
const lack = pythonLacks(NEEDED)
const smoke = (repository: string) => runPython(join(repository, 'tools/storybook/smoke.py'), repository)

describe.skipIf(lack !== null)(`tools/storybook/smoke.py${lack === null ? '' : ` (${lack})`}`, () => {
  test('every step runs, and the export matches torch', { timeout: SMOKE_TIMEOUT_MS }, async () => {
    const { code, output } = await smoke(root)
    expect(code, output.slice(-4_000)).toBe(0)
    expect(output).toContain('smoke run: good')
  })

  describe('with a step that fails', () => {
    let folder: string
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'storyreel-smoke-'))
      cpSync(join(root, 'tools/storybook'), join(folder, 'tools/storybook'), {
        recursive: true,
        filter: (path) => !/[\\/](?:\.cache|__pycache__)$/.test(path),
      })
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    test('it fails', { timeout: SMOKE_TIMEOUT_MS }, async () => {
      writeFileSync(join(folder, 'tools/storybook/train_vae.py'), 'raise SystemExit(5)\n')
      const { code, output } = await smoke(folder)
      expect(code).not.toBe(0)
      expect(output).not.toContain('smoke run: good')
    })
  })
})
