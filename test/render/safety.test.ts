// A model's own safety checker: prepared as transformers does, judged as diffusers does; the golden files are made by
// tools/golden/safety.py.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { check, studio } from '../../dist/index.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { prepareForClip } from '../../dist/render/clip-picture.js'
import { openPainter, type Painter } from '../../dist/render/painter.js'
import { openPlace, type Place } from '../e2e/storyreel.js'
import { difference, LIMITS } from './picture-difference.js'

type Judged = {
  prompt: string
  negative: string
  seed: number
  steps: number
  guidance: number
  width: number
  height: number
  /** Of its pixels, unchecked, in tiny-sd.rgb. */
  offset: number
  flagged: boolean
}
type Prepared = {
  width: number
  height: number
  config: Record<string, unknown>
  offset: number
  count: number
}

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const { pictures, prepared, stride } = JSON.parse(readFileSync(golden('safety/safety.json'), 'utf8')) as {
  pictures: Judged[]
  prepared: Prepared[]
  stride: number
}
const values = readFileSync(golden('safety/prepared.f32'))
const pixels = readFileSync(golden('tiny-sd.rgb'))
const painted = ({ offset, width, height }: Judged) => pixels.subarray(offset, offset + 3 * width * height)

const INDEX = JSON.parse(readFileSync(golden('tiny-sd/model_index.json'), 'utf8'))
let place: Place
let path: string
const read = () => readModel({ name: 'tiny', path }, nodeHost())
const writeIndex = (more: object) =>
  writeFileSync(join(path, 'model_index.json'), JSON.stringify({ ...INDEX, ...more }))
const writePreprocessor = (config: object) =>
  writeFileSync(join(path, 'feature_extractor/preprocessor_config.json'), JSON.stringify(config))

function assemble(): void {
  for (const part of ['tiny-sd', 'safety']) cpSync(golden(part), path, { recursive: true })
}

beforeAll(() => {
  place = openPlace()
  path = place.file('tiny')
  assemble()
})
afterAll(() => place.remove())

/** As `pattern` in safety.py. */
function pattern(width: number, height: number) {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3]
    return ((x * 3 + y * 2) ^ Math.floor((x * y) / 50)) + c * 85
  })
  return { width, height, data }
}

describe('pictures are prepared as CLIPImageProcessor does it', () => {
  test.each(prepared)('$width x $height, $config', async ({ width, height, config, offset, count }) => {
    writePreprocessor(config)
    const { preparation } = (await read()).safetyChecker!
    const { data } = prepareForClip(pattern(width, height), preparation)
    const expected = new Float32Array(values.buffer, values.byteOffset + offset, count)
    const errors = Array.from(expected, (value, i) => Math.abs(value - data[i * stride]!))
    expect(errors.length).toBe(Math.ceil(data.length / stride))
    expect(Math.max(...errors)).toBeLessThan(1e-5)
  })
  test('what it saves of itself says the same as no file', async () => {
    assemble()
    const saved = (await read()).safetyChecker!.preparation
    rmSync(join(path, 'feature_extractor'), { recursive: true })
    expect((await read()).safetyChecker!.preparation).toEqual(saved)
  })
  afterAll(assemble)
})

describe('pictures', () => {
  let model: Model
  let checked: Painter
  let unchecked: Painter
  beforeAll(async () => {
    model = await read()
    checked = await openPainter(model, { device: 'cpu', threads: 1 })
    unchecked = await openPainter(model, { device: 'cpu', threads: 1, isChecked: false })
  })
  afterAll(() => Promise.all([checked, unchecked].map((painter) => painter?.close())))
  const requestOf = ({ prompt, ...rest }: Judged) => ({
    ...rest,
    prompt: [{ prompt, weight: 1 }],
    scheduler: 'DDIMScheduler',
  })

  test('are of both kinds', () => {
    expect(new Set(pictures.map(({ flagged }) => flagged)).size).toBe(2)
  })
  test.each(pictures)(
    'guidance $guidance, $width x $height: flagged is $flagged, as by diffusers',
    async (picture) => {
      const { rgb, isFlagged, timings } = await checked.paint(requestOf(picture))
      expect(isFlagged).toBe(picture.flagged)
      expect(timings.safety).toBeGreaterThan(0)
      const expected = isFlagged ? new Uint8Array(rgb.length) : painted(picture)
      expect(difference(rgb, expected).largest).toBeLessThanOrEqual(isFlagged ? 0 : LIMITS.largest)
      const free = await unchecked.paint(requestOf(picture))
      expect([free.isFlagged, free.timings.safety]).toEqual([false, 0])
      expect(difference(free.rgb, painted(picture)).largest).toBeLessThanOrEqual(LIMITS.largest)
    },
  )
})

describe('a model', () => {
  afterAll(assemble)

  test('without one, or that says that it has none, has none', async () => {
    expect((await readModel({ name: 'tiny', path: golden('tiny-sd') }, nodeHost())).safetyChecker).toBeNull()
    for (const more of [
      { requires_safety_checker: false },
      { safety_checker: null },
      { safety_checker: [null, null] },
    ]) {
      writeIndex(more)
      expect((await read()).safetyChecker, JSON.stringify(more)).toBeNull()
    }
    writeIndex({ safety_checker: ['stable_diffusion', 'StableDiffusionSafetyChecker'] })
    expect((await read()).safetyChecker).toMatchObject({
      picture: 'clip_input',
      verdict: 'has_nsfw_concepts',
    })
  })

  test('with a feature extractor for another network, or another graph, is refused before anything is loaded', async () => {
    writePreprocessor({ size: 'large' })
    await expect(read()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('preprocessor'),
    })
    writePreprocessor({ resample: 0 })
    await expect(read()).rejects.toMatchObject({ exitCode: 3 })
    cpSync(join(path, 'vae_decoder/model.onnx'), join(path, 'safety_checker/model.onnx'))
    await expect(read()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/safety checker of the model tiny .* has_nsfw_concepts/),
    })
  })
})

describe('a film', () => {
  const [flagged, passed] = [
    pictures.find((p) => p.flagged)!,
    pictures.find((p) => !p.flagged && p.width === 16)!,
  ]
  const script = () =>
    [
      `model: ${path}`,
      'size: 32x32',
      'fps: 4',
      'defaults: {steps: 5, seed: 7}',
      'shots:',
      ...[flagged, passed].map(
        ({ prompt, negative, guidance }) =>
          `  - {prompt: "${prompt}"${negative && `, negative: ${negative}`}, guidance: ${guidance}, duration: 2f}`,
      ),
    ].join('\n')
  const keysOf = async (safety: boolean) => {
    const cacheFolder = mkdtempSync(join(tmpdir(), 'storyreel-safety-'))
    try {
      const { value, diagnostics } = check(script(), { file: 'film.yaml' })
      expect(diagnostics).toEqual([])
      const { shots } = await studio({ cacheFolder, device: 'cpu', safety }).plan(value!)
      return shots.flatMap(({ pictures: made }) => made.map(({ manifest }) => new Map(manifest)))
    } finally {
      rmSync(cacheFolder, { recursive: true })
    }
  }

  test('names the checker in the keys of its keyframes, only where it is asked', async () => {
    const entry = 'safety checker digest'
    const [on, off] = [await keysOf(true), await keysOf(false)]
    for (const manifest of on) expect(manifest.get(entry)).toMatch(/^[0-9a-f]{64}$/)
    for (const manifest of off) expect(manifest.has(entry)).toBe(false)
    writePreprocessor({ size: 225 })
    const other = await keysOf(true)
    assemble()
    expect(other[0]!.get(entry)).not.toBe(on[0]!.get(entry))
    writeIndex({ requires_safety_checker: false })
    expect((await keysOf(true))[0]!.has(entry)).toBe(false)
    assemble()
  })

  test('is warned of with its line, also when nothing is painted again, and told in the sidecar', async () => {
    place.write('film.yaml', script())
    const sidecar = () => JSON.parse(readFileSync(place.file('film.json'), 'utf8'))
    const render = async (...more: string[]) => {
      const args = ['render', 'film.yaml', '--sidecar', '--progress', 'json', '--device', 'cpu', ...more]
      const { code, stderr, events } = await place.run(args)
      expect(code, stderr).toBe(0)
      const warnings = events.flatMap((e) => (e.event === 'warning' ? [e.message] : []))
      return { warnings, done: events.find((e) => e.event === 'done')! }
    }
    const warning = expect.stringMatching(
      /^film\.yaml:6: shot 1\.1 has a black picture: .*lighthouse.* seed 7; .*--no-safety/,
    )
    const first = await render()
    expect(first.warnings).toEqual([warning])
    const checked = sidecar()
    expect(checked.models.map((m: { safety: string }) => m.safety)).toEqual(['checked'])
    const flags = (record: { shots: { keyframes: { flagged?: boolean }[] }[] }) =>
      record.shots.flatMap(({ keyframes }) => keyframes.map((k) => k.flagged === true))
    expect(flags(checked)).toEqual([true, false])
    expect((await render()).warnings).toEqual([warning])

    const off = await render('--no-safety')
    expect(off.warnings).toEqual([])
    expect(off.done).toMatchObject({ nodes: { rendered: { keyframe: 2 } } })
    expect(sidecar().models[0].safety).toBe('off')
    expect(flags(sidecar())).toEqual([false, false])
  })

  test('and a still are black with a warning, or painted with --no-safety', async () => {
    const still = async (...more: string[]) => {
      const { prompt, seed, steps, guidance } = flagged
      const numbers = ['--seed', seed, '--steps', steps, '--guidance', guidance].map(String)
      const args = ['still', prompt, '-o', 'still.png', '--model', path, ...numbers, '--json', ...more]
      const { code, stdout, stderr } = await place.run(args)
      expect(code, stderr).toBe(0)
      return { told: JSON.parse(stdout).safety, stderr, bytes: readFileSync(place.file('still.png')).length }
    }
    const black = await still('--device', 'cpu')
    expect(black.told).toBe('flagged')
    expect(black.stderr).toMatch(/warning: still\.png is black: .*--no-safety/)
    const free = await still('--device', 'cpu', '--no-safety')
    expect([free.told, free.stderr]).toEqual(['off', ''])
    expect(free.bytes).toBeGreaterThan(black.bytes)
  })
})
