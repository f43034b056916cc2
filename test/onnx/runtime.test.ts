// Sessions in their processes, on a real graph.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openRuntime, type Runtime } from '../../dist/onnx/runtime.js'
import type { Session } from '../../dist/onnx/session.js'

const graph = fileURLToPath(new URL('../golden/tiny-sd/vae_decoder/model.onnx', import.meta.url))
const latents = (side = 8) => ({
  data: new Float32Array(4 * side * side).fill(0.5),
  dims: [1, 4, side, side],
})

describe('a session', () => {
  let runtime: Runtime
  let session: Session

  beforeEach(async () => {
    runtime = await openRuntime({ threads: 1, device: 'cpu' })
    session = await runtime.open(graph)
  })
  afterEach(() => runtime.close())

  test('tells its inputs and outputs and runs', async () => {
    expect(runtime.device).toBe('cpu')
    expect(session.inputs).toEqual([
      { name: 'latent_sample', type: 'float32', dims: ['batch', 4, 'height', 'width'] },
    ])
    expect(session.outputs.map(({ name }) => name)).toEqual(['sample'])
    const { outputs, ms } = await session.run({ latent_sample: latents() })
    expect(outputs.sample!.dims).toEqual([1, 3, 16, 16])
    expect(outputs.sample!.data).toBeInstanceOf(Float32Array)
    expect(ms).toBeGreaterThan(0)
  })

  test('leaves its feeds alone', async () => {
    const feed = latents()
    const first = await session.run({ latent_sample: feed })
    expect(feed).toEqual(latents())
    expect((await session.run({ latent_sample: feed })).outputs).toEqual(first.outputs)
  })

  test('an abort rejects at once with its reason, and the session goes on', async () => {
    const abort = new AbortController()
    const running = session.run({ latent_sample: latents(64) }, { signal: abort.signal })
    let isDone = false
    const other = session.run({ latent_sample: latents(64) }).then(() => {
      isDone = true
    })
    abort.abort('enough')
    await expect(running).rejects.toBe('enough')
    expect(isDone).toBe(false)
    await other
    const late = session.run({ latent_sample: latents() }, { signal: abort.signal })
    await expect(late).rejects.toBe('enough')
  })

  test('closing the runtime rejects what is pending', async () => {
    const running = session.run({ latent_sample: latents(64) })
    const closed = runtime.close()
    await expect(running).rejects.toThrow()
    await closed
    await expect(session.run({ latent_sample: latents() })).rejects.toThrow()
    await expect(runtime.open(graph)).rejects.toThrow('closed')
  })

  test('a feed that does not fit is a render failure naming the model', async () => {
    const wrong = session.run({ latent_sample: { data: new Float32Array(3), dims: [1, 3, 1, 1] } })
    await expect(wrong).rejects.toMatchObject({ name: 'Failure', exitCode: 4 })
    await expect(session.run({})).rejects.toThrow('latent_sample')
    expect((await session.run({ latent_sample: latents() })).outputs.sample!.dims).toEqual([1, 3, 16, 16])
  })
})

describe('a model file that can’t be used', () => {
  let folder: string
  let runtime: Runtime

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storyreel-onnx-'))
    runtime = await openRuntime({ threads: 1, device: 'cpu' })
  })
  afterAll(async () => {
    await runtime.close()
    await rm(folder, { recursive: true })
  })

  const bytes: Record<string, (whole: Uint8Array) => Uint8Array> = {
    'cut short': (whole) => whole.subarray(0, whole.length / 2),
    garbage: () => new TextEncoder().encode('<html>404 not found</html>'.repeat(50)),
    empty: () => new Uint8Array(),
  }

  test.each(Object.keys(bytes))('%s: one line that names it, exit 3', async (how) => {
    const path = join(folder, 'model.onnx')
    await writeFile(path, bytes[how]!(await readFile(graph)))
    const failure = await runtime.open(path).catch((error) => error)
    expect(failure).toMatchObject({ name: 'Failure', exitCode: 3 })
    expect(failure.message).toContain(path)
    expect(failure.message).not.toContain('\n')
    expect(failure.message).not.toMatch(/protobuf/i)
    expect(failure.hint).not.toBeNull()
  })

  test('missing', async () => {
    const path = join(folder, 'nothing.onnx')
    await expect(runtime.open(path)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(path),
    })
  })
})

test('exiting in the middle of a run is clean: the exit code is the program’s own', async () => {
  const dist = JSON.stringify(fileURLToPath(new URL('../../dist/onnx/runtime.js', import.meta.url)))
  const script = `
    const { openRuntime } = await import(${dist})
    const session = await (await openRuntime({ threads: 1, device: 'cpu' })).open(${JSON.stringify(graph)})
    const side = 512
    session.run({ latent_sample: { data: new Float32Array(4 * side * side), dims: [1, 4, side, side] } })
    setTimeout(() => process.exit(130), 100)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let talk = ''
  child.stdout.on('data', (data) => (talk += data))
  child.stderr.on('data', (data) => (talk += data))
  const [code, signal] = await once(child, 'exit')
  expect({ code, signal, talk }).toEqual({ code: 130, signal: null, talk: '' })
})

test('a graph gets the element types and ranks that it declares', async () => {
  const runtime = await openRuntime({ threads: 1, device: 'cpu' })
  const session = await runtime.open(fileURLToPath(new URL('../golden/element-types.onnx', import.meta.url)))
  expect(session.inputs.map(({ type, dims }) => [type, dims.length])).toEqual([
    ['float16', 1],
    ['int64', 1],
    ['float16', 0],
  ])
  const { outputs } = await session.run({
    half: { data: Float32Array.of(0.25, -1.5), dims: [2] },
    number: { data: Int32Array.of(3, 4), dims: [2] },
    timestep: { data: Float32Array.of(10), dims: [] },
  })
  await runtime.close()
  expect(outputs.output).toEqual({ data: Float32Array.of(13.5, 11), dims: [2] })
})

describe.skipIf(process.platform !== 'linux')('processes of sessions', () => {
  test('are gone when the runtime is closed, those that open and those that run too', async () => {
    const runtime = await openRuntime({ threads: 1, device: 'cpu' })
    const session = await runtime.open(graph)
    const running = session.run({ latent_sample: latents(256) }).catch((error) => error)
    const opening = runtime.open(graph).catch((error) => error)
    expect(childrenOf(process.pid)).toHaveLength(2)
    await runtime.close()
    expect(childrenOf(process.pid)).toEqual([])
    expect([await running, await opening]).toEqual([expect.any(Error), expect.any(Error)])
  })

  test('killed in the middle of a run: one line with the model, and so for what comes after', async () => {
    const runtime = await openRuntime({ threads: 1, device: 'cpu' })
    const session = await runtime.open(graph)
    const side = 512
    const running = session.run({
      latent_sample: { data: new Float32Array(4 * side * side), dims: [1, 4, side, side] },
    })
    for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL')
    const failure = {
      exitCode: 4,
      message: expect.stringMatching(/model\.onnx ended unexpectedly \(SIGKILL\)/),
    }
    await expect(running).rejects.toMatchObject(failure)
    await expect(session.run({ latent_sample: latents() })).rejects.toMatchObject(failure)
    await runtime.close()
  })
})

/** Processes of the session workers that this one has started. */
function childrenOf(parent: number): number[] {
  const stat = (pid: string) => readFileSync(`/proc/${pid}/stat`, 'utf8')
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return Number(stat(pid).split(') ')[1]!.split(' ')[1]) === parent
      } catch {
        return false
      }
    })
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('onnx/worker.js'))
}
