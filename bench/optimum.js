// storyreel over optimum's ONNX Runtime pipeline in Python: the same folder, threads, steps and size, in processes that take turns.
// It needs STORYREEL_PYTHON, a Python as tools/optimum/README.md describes it, and STORYREEL_PIPELINES, the folder that
// tools/optimum/make_pipelines.py has filled; storybook is measured too.

import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { median, treeUsage } from './process.js'

const THREADS = 2
const PAIRS = Number(process.env.STORYREEL_PAIRS ?? 5)
const PICTURES = Number(process.env.STORYREEL_PICTURES ?? 4)

const STEPS = { storybook: 1, lcm: 4 }
const SIZES = { storybook: '320x192' }
const GUIDANCE = { storybook: 1 }

const path = (relative) => new URL(relative, import.meta.url).pathname

/** Family by family, as they are measured. */
export async function* optimum() {
  const python = process.env.STORYREEL_PYTHON
  const pipelines = process.env.STORYREEL_PIPELINES
  if (!python || !pipelines) {
    const what = 'STORYREEL_PYTHON or STORYREEL_PIPELINES is not set'
    yield { what, ratio: Number.NaN, detail: 'left out' }
    return
  }
  const only = process.env.STORYREEL_FAMILIES?.split(',')
  const folders = { storybook: path('../models/storybook') }
  for (const { name } of readdirSync(pipelines, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  ))
    folders[name] = join(pipelines, name)
  for (const [family, folder] of Object.entries(folders)) {
    if (!only || only.includes(family)) yield* await compare(family, folder, python)
  }
}

async function compare(family, folder, python) {
  const args = [
    ...['--model', folder, '--threads', THREADS, '--steps', STEPS[family] ?? 4],
    ...['--size', SIZES[family] ?? '256x256', '--guidance', GUIDANCE[family] ?? 7.5, '--runs', PICTURES],
  ].map(String)
  const sides = [
    [process.execPath, [path('./optimum-paint.js'), ...args]],
    [python, [path('../tools/optimum/paint.py'), ...args]],
  ]
  const taken = [[], []]
  for (let i = 0; i < PAIRS; i++)
    for (const [k, [command, given]] of sides.entries()) taken[k].push(await measure(command, given))
  const ratios = (of) => {
    const [ours, theirs] = taken.map((side) => median(side.map(of)))
    return { ratio: ours / theirs, ours, theirs }
  }
  const result = (what, of, show) => {
    const { ratio, ours, theirs } = ratios(of)
    return { what: `${family}: ${what} over optimum's`, ratio, detail: `${show(ours)}, ${show(theirs)}` }
  }
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`
  return [
    result('a picture', (run) => median(run.pictures.slice(1)), seconds),
    result('processor time of the whole program', (run) => run.cpuMs, seconds),
    result('the whole program', (run) => run.ms, seconds),
    result(
      'peak memory',
      (run) => run.peakBytes,
      (bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`,
    ),
  ]
}

/** Wall and processor time, and the peak of the tree's proportional share of memory. */
function measure(command, args) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    let peakBytes = 0
    let cpuMs = 0
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => (stderr += data))
    const timer = setInterval(() => {
      const usage = treeUsage(child.pid)
      peakBytes = Math.max(peakBytes, usage.bytes)
      cpuMs = Math.max(cpuMs, usage.cpuMs)
    }, 50)
    child.on('close', (code) => {
      clearInterval(timer)
      if (code !== 0) return reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr}`))
      resolve({
        ms: performance.now() - started,
        cpuMs,
        peakBytes,
        ...JSON.parse(stdout.trim().split('\n').at(-1)),
      })
    })
  })
}
