// The chain that makes the in-betweens' model, at tiny size.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { pythonLacks, runPython, SMOKE_TIMEOUT_MS } from './python.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const lack = pythonLacks(['torch', 'numpy', 'skia', 'onnx', 'onnxruntime'])

describe.skipIf(lack !== null)(`tools/film/smoke.py${lack === null ? '' : ` (${lack})`}`, () => {
  test('it trains, goes on, and exports what torch has', { timeout: SMOKE_TIMEOUT_MS }, async () => {
    const { code, output } = await runPython(join(root, 'tools/film/smoke.py'), root)
    expect(code, output.slice(-4_000)).toBe(0)
    expect(output).toContain('smoke run: good')
  })
})
