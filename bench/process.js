// Runs programs and measures them from outside.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const program = new URL('../bin/storyreel.js', import.meta.url).pathname

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

/** A temporary folder with a script in it, removed after `use`. */
export async function inFolder(script, use) {
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-bench-'))
  try {
    writeFileSync(join(folder, 'film.yaml'), script)
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs node with arguments to its end: wall milliseconds, stdout, and the peak of the whole process tree's memory. */
export function runNode(args, cwd = '.', { withMemory = false } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const env = { ...process.env, STORYREEL_CACHE_DIR: join(cwd, 'cache') }
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    let peakBytes = 0
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => (stderr += data))
    const look = () => (peakBytes = Math.max(peakBytes, treeBytes(child.pid)))
    const timer = withMemory ? setInterval(look, 50) : null
    child.on('close', (code) => {
      const ms = performance.now() - started
      if (timer) clearInterval(timer)
      if (code === 0) resolve({ ms, stdout, peakBytes })
      else reject(new Error(`${args.join(' ')} ended with ${code}: ${stderr}`))
    })
  })
}

/** Resident bytes of a process and all below it (Linux). */
const treeBytes = (root) =>
  treeOf(root).reduce((sum, pid) => sum + Number(readOr(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0) * 4096, 0)

/**
 * Of a process and all below it (Linux): bytes of memory, of which those that several share count once, and the milliseconds of
 * processor time so far.
 */
export function treeUsage(root) {
  let bytes = 0
  let cpuMs = 0
  for (const pid of treeOf(root)) {
    bytes += 1024 * Number(/^Pss:\s+(\d+)/m.exec(readOr(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0)
    const fields = readOr(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ')
    if (fields) cpuMs += 10 * (Number(fields[11]) + Number(fields[12]))
  }
  return { bytes, cpuMs }
}

/** A process and all below it (Linux). */
export function treeOf(root) {
  const parents = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = readOr(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ')
    if (fields) parents.set(Number(pid), Number(fields[1]))
  }
  const isBelow = (pid) =>
    pid === root || (parents.has(pid) && parents.get(pid) > 1 && isBelow(parents.get(pid)))
  return [...parents.keys()].filter(isBelow)
}

function readOr(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // it has just ended
  }
}
