// The chain that makes the embedded model, at tiny size. Skipped where no Python has what it needs: STORYREEL_PYTHON
// names one, else it is `python3`.

import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** Runs on a busy machine with two cores take many times the minute that they take alone. */
const TIMEOUT_MS = 45 * 60_000
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
const python = process.env.STORYREEL_PYTHON || 'python3'
const lack = lackOf(python)

/** Why a Python can't run the chain; null when it can. */
function lackOf(program: string): string | null {
  const find = `import importlib.util as u; print(*[m for m in ${JSON.stringify(NEEDED)} if u.find_spec(m) is None])`
  const { error, status, stdout } = spawnSync(program, ['-c', find], { encoding: 'utf8' })
  if (error || status !== 0) return `${program} can't be run`
  return stdout.trim() === '' ? null : `${program} lacks ${stdout.trim()}`
}

/** Runs the chain of a repository; it leaves nothing there. */
function smoke(repository: string): Promise<{ code: number; output: string }> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  return new Promise((resolve) => {
    const script = join(repository, 'tools/storybook/smoke.py')
    execFile(python, [script], { cwd: repository, env, timeout: TIMEOUT_MS }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    )
  })
}

describe.skipIf(lack !== null)(`tools/storybook/smoke.py${lack === null ? '' : ` (${lack})`}`, () => {
  test('every step runs, and the export matches torch', { timeout: TIMEOUT_MS }, async () => {
    const { code, output } = await smoke(root)
    expect(code, output.slice(-4_000)).toBe(0)
    expect(output).toContain('smoke run: good')
  })

  describe('with a step that fails', () => {
    let folder: string
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'storyreel-smoke-'))
      mkdirSync(join(folder, 'models/storybook'), { recursive: true })
      cpSync(join(root, 'models/storybook/world.json'), join(folder, 'models/storybook/world.json'))
      cpSync(join(root, 'tools/storybook'), join(folder, 'tools/storybook'), {
        recursive: true,
        filter: (path) => !/[\\/](?:\.cache|__pycache__)$/.test(path),
      })
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    test('it fails', { timeout: TIMEOUT_MS }, async () => {
      writeFileSync(join(folder, 'tools/storybook/train_vae.py'), 'raise SystemExit(5)\n')
      const { code, output } = await smoke(folder)
      expect(code).not.toBe(0)
      expect(output).not.toContain('smoke run: good')
    })
  })
})
