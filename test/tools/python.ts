// A Python for the tests of tools/: STORYREEL_PYTHON names one, else it is `python3`. Where it lacks something, they skip.

import { execFile, spawnSync } from 'node:child_process'

export const python = process.env.STORYREEL_PYTHON || 'python3'

/** Runs on a busy machine with two cores take many times the minute that they take alone. */
export const SMOKE_TIMEOUT_MS = 45 * 60_000

/** Why the Python can't run what needs these modules; null when it can. */
export function pythonLacks(modules: readonly string[]): string | null {
  const find = `import importlib.util as u; print(*[m for m in ${JSON.stringify(modules)} if u.find_spec(m) is None])`
  const { error, status, stdout } = spawnSync(python, ['-c', find], { encoding: 'utf8' })
  if (error || status !== 0) return `${python} can't be run`
  return stdout.trim() === '' ? null : `${python} lacks ${stdout.trim()}`
}

/** Runs a script of a repository; it leaves nothing there. */
export function runPython(script: string, repository: string): Promise<{ code: number; output: string }> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  return new Promise((resolve) => {
    execFile(python, [script], { cwd: repository, env, timeout: SMOKE_TIMEOUT_MS }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    )
  })
}
