// Weighted and long prompts through the real sessions: embeddings and pictures that the web UI's rule and diffusers make.
// Made by tools/golden/prompts.py.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { openRuntime, type Runtime } from '../../dist/onnx/runtime.js'
import { openPainter, type Painter, type PainterRequest } from '../../dist/render/painter.js'
import { createPromptEncoder } from '../../dist/render/painter-prompts.js'
import { createTextEncoder, openTokenizer, type TextEncoder } from '../../dist/render/painter-text.js'
import { assembleModel } from './family-models.js'
import { difference, LIMITS } from './picture-difference.js'

/** `offset` is of bytes in pictures.rgb. */
type Asked = Omit<PainterRequest, 'scheduler'> & { offset: number }
/** `embedding` is of bytes in embeddings.f32. */
type Golden = Asked & { embedding: number; tokens: number }

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const { pictures, xl, width }: { pictures: Golden[]; xl: Asked[]; width: number } = JSON.parse(
  readFileSync(golden('prompts/pictures.json'), 'utf8'),
)
const pixels = readFileSync(golden('prompts/pictures.rgb'))
const embeddings = readFileSync(golden('prompts/embeddings.f32'))

let model: Model
let runtime: Runtime
let encoder: TextEncoder
let painter: Painter

beforeAll(async () => {
  const tiny = await readModel({ name: 'tiny-sd', path: golden('tiny-sd') }, nodeHost())
  const [text] = tiny.textEncoders
  // The tiny model's own encoder has outputs whose mean is nothing but noise: there is nothing to keep.
  const graph = { ...text!.graph, path: golden('prompts/text_encoder/model.onnx') }
  model = { ...tiny, textEncoders: [{ ...text!, graph }] }
  runtime = await openRuntime({ threads: 1, device: 'cpu' })
  const session = await runtime.open(graph.path)
  encoder = createTextEncoder(openTokenizer(model, text!.tokenizer), session, text!.outputs)
  painter = await openPainter(model, { threads: 1 })
})

afterAll(async () => {
  await Promise.all([runtime?.close(), painter?.close()])
})

const paint = async (picture: Golden, change: Partial<PainterRequest> = {}) =>
  (await painter.paint({ scheduler: 'ddim', ...picture, ...change })).rgb

const distance = (rgb: Uint8Array, { offset }: Asked) =>
  difference(rgb, pixels.subarray(offset, offset + rgb.length))

const title = ({ prompt, negative, guidance }: Asked) =>
  `${prompt.map((part) => part.prompt.slice(0, 50)).join(' + ')} | ${guidance > 1 ? negative.slice(0, 30) : '-'}`

describe.each(pictures.map((picture) => ({ picture, title: title(picture) })))('$title', ({ picture }) => {
  test('is the picture that diffusers makes of such embeddings', async () => {
    const { largest, mean } = distance(await paint(picture), picture)
    expect(largest).toBeLessThanOrEqual(LIMITS.largest)
    expect(mean).toBeLessThanOrEqual(LIMITS.mean)
  })

  test('other weights, and words in another order, make another', async () => {
    const plain = picture.prompt.map(({ prompt, weight }) => ({ prompt: `(${prompt}:1.5) fox`, weight }))
    const turned = picture.prompt.map(({ prompt, weight }) => ({ prompt: `fox ${prompt}`, weight }))
    for (const prompt of [plain, turned]) {
      expect(distance(await paint(picture, { prompt }), picture).mean).toBeGreaterThan(LIMITS.mean)
    }
  })
})

test.each(pictures.filter(({ prompt }) => prompt.length === 1))(
  'embeddings of $tokens tokens',
  async ({ prompt, negative, guidance, tokens, embedding }) => {
    const texts = [prompt[0]!.prompt, ...(guidance > 1 ? [negative] : [])]
    const { embeddings: actual } = await createPromptEncoder([encoder])(texts)
    for (const { context } of actual) expect(context.dims).toEqual([1, tokens, width])
    const expected = new Float32Array(
      embeddings.buffer.slice(
        embeddings.byteOffset + embedding,
        embeddings.byteOffset + embedding + 4 * tokens * width,
      ),
    )
    const each = expected.map((value, i) => Math.abs(value - actual[0]!.context.data[i]!))
    expect(Math.max(...each)).toBeLessThan(1e-4)
  },
)

describe('Stable Diffusion XL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-xl-prompts-'))
  let large: Painter
  beforeAll(async () => {
    const path = assembleModel('sdxl', folder)
    large = await openPainter(await readModel({ name: 'sdxl', path }, nodeHost()), { threads: 1 })
  })
  afterAll(async () => {
    await large?.close()
    rmSync(folder, { recursive: true })
  })

  test.each(xl.map((picture) => ({ picture, title: title(picture) })))('$title', async ({ picture }) => {
    const { rgb } = await large.paint({ scheduler: 'euler', ...picture })
    const { largest, mean } = distance(rgb, picture)
    expect(largest).toBeLessThanOrEqual(LIMITS.largest)
    expect(mean).toBeLessThanOrEqual(LIMITS.mean)
    const prompt = picture.prompt.map(({ prompt, weight }) => ({ prompt: `(${prompt}:1.5) fox`, weight }))
    const other = await large.paint({ scheduler: 'euler', ...picture, prompt })
    expect(distance(other.rgb, picture).mean).toBeGreaterThan(LIMITS.mean)
  })
})

describe('the prompt encoder', () => {
  const long = `${'a '.repeat(100)}fox`

  test('encodes a chunk once, whatever its weights', async () => {
    const encode = createPromptEncoder([encoder])
    expect((await encode([long])).ms).toBeGreaterThan(0)
    expect((await encode([`(${long}:1.3)`, long])).ms).toBe(0)
    expect((await encode([long, ''])).ms).toBeGreaterThan(0)
    expect((await encode(['', long])).ms).toBe(0)
  })

  test('two encoders stand side by side, however their padding differs', async () => {
    const other = { ...encoder, tokenizer: { ...encoder.tokenizer, pad: encoder.tokenizer.eos } }
    const [alone] = (await createPromptEncoder([encoder])([`(fox:1.3) ${long}`])).embeddings
    const [both] = (await createPromptEncoder([encoder, other])([`(fox:1.3) ${long}`])).embeddings
    expect(both!.context.dims).toEqual([1, 154, 2 * width])
    const first = both!.context.data.filter((_, i) => i % (2 * width) < width)
    expect(first).toEqual(alone!.context.data)
  })

  test('a prompt for which the UNet has no room is refused', async () => {
    const encode = createPromptEncoder([encoder], 77)
    await expect(encode([long])).rejects.toMatchObject({ exitCode: 4, message: /154 tokens.*77/ })
    expect((await encode(['a fox'])).embeddings).toHaveLength(1)
  })
})
