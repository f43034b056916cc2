// Which files of a repository are taken, and where graphs keep their weights.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readGraphFile } from '../../src/models/graph-file.js'
import { describeOther, selectPipeline } from '../../src/models/layout.js'
import { field, graphWithWeights, noiseBytes, TINY, text } from './tiny-files.js'

const locationsIn = (path: string) => readGraphFile(path)?.weights.map(({ location }) => location) ?? null

const targets = (paths: string[]) =>
  selectPipeline(paths)?.files.map(({ source, target }) =>
    source === target ? target : `${source} > ${target}`,
  )

describe('selecting', () => {
  test('takes the ONNX pipeline and nothing else', () => {
    const taken = [
      'README.md',
      'model_index.json',
      'scheduler/scheduler_config.json',
      'text_encoder/config.json',
      'text_encoder/model.onnx',
      'tokenizer/merges.txt',
      'tokenizer/vocab.json',
      'unet/model.onnx',
      'unet/model.onnx_data',
      'unet/weights.pb',
      'vae_decoder/model.onnx',
    ]
    const left = [
      '.gitattributes',
      'unet/diffusion_pytorch_model.safetensors',
      'unet/model_fp16.onnx',
      'unet/model_fp16.onnx_data',
      'unet/openvino_model.bin',
      'safety_checker/model.onnx',
      'v1-5.ckpt',
      'unet/deep/weights.pb',
      'evil.sh',
    ]
    expect(targets([...left, ...taken])?.sort()).toEqual(taken)
  })
  test('takes half precision under the usual name where there is nothing else', () => {
    expect(targets(['unet/model_fp16.onnx', 'unet/model_fp16.onnx_data', 'unet/other.onnx_data'])).toEqual([
      'unet/model_fp16.onnx > unet/model.onnx',
      'unet/model_fp16.onnx_data',
    ])
  })
  test('finds a pipeline in a folder of its own, and what it shares at the top', () => {
    const paths = [
      'tokenizer/vocab.json',
      'fp16/unet/model.onnx',
      'onnx/unet/model.onnx',
      'onnx/model_index.json',
      'model_index.json',
    ]
    expect(targets(paths)).toEqual([
      'onnx/model_index.json > model_index.json',
      'tokenizer/vocab.json',
      'onnx/unet/model.onnx > unet/model.onnx',
    ])
  })
  test('says what else it is', () => {
    expect(selectPipeline(['model_index.json', 'unet/x.safetensors'])).toBeNull()
    expect(describeOther(['model_index.json', 'unet/x.safetensors'])).toMatch(/without ONNX/)
    expect(describeOther(['model.gguf'])).toBe('GGUF')
    expect(describeOther(['onnx/model.onnx'])).toMatch(/no diffusion pipeline/)
    expect(describeOther(['a.txt'])).toBe('no model')
  })
})

describe('external data', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storyreel-onnx-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const locations = async (bytes: Buffer) => {
    await writeFile(join(folder, 'm.onnx'), bytes)
    return locationsIn(join(folder, 'm.onnx'))
  }

  test('of initialisers, each file once', async () => {
    expect(await locations(graphWithWeights(['weights.pb', 'b.data', 'weights.pb']))).toEqual([
      'weights.pb',
      'b.data',
    ])
    expect(await locations(graphWithWeights(['../../etc/passwd']))).toEqual(['../../etc/passwd'])
  })
  test('of constants in nodes and in graphs within nodes, behind weights that are skipped', async () => {
    const entry = Buffer.concat([text(2, 'inner.pb'), text(1, 'location')])
    const tensor = field(13, entry)
    const constant = field(1, field(5, field(5, tensor)))
    const branch = field(1, field(5, field(6, constant)))
    const bulk = field(5, field(9, noiseBytes(300_000)))
    expect(await locations(field(7, Buffer.concat([bulk, branch])))).toEqual(['inner.pb'])
  })
  test('none where the weights are inside', async () => {
    expect(locationsIn(join(TINY, 'unet/model.onnx'))).toEqual([])
  })
  test('null for what is cut off or no graph', async () => {
    const whole = graphWithWeights(['weights.pb'])
    expect(await locations(whole.subarray(0, whole.length - 3))).toBeNull()
    expect(await locations(Buffer.from('<!doctype html><p>Not found'))).toBeNull()
    expect(await locations(Buffer.alloc(0))).toBeNull()
    expect(
      await locations(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n')),
    ).toBeNull()
  })
})
