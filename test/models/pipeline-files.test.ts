// Which files of a repository are taken.

import { describe, expect, test } from 'vitest'
import { describeOther, selectPipeline } from '../../src/models/layout.js'

const targets = (paths: string[]) =>
  selectPipeline(paths)?.files.map(({ source, target }) =>
    source === target ? target : `${source} > ${target}`,
  )

describe('selecting', () => {
  test('takes the ONNX pipeline and nothing else', () => {
    const taken = [
      'README.md',
      'feature_extractor/preprocessor_config.json',
      'model_index.json',
      'safety_checker/model.onnx',
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
      'safety_checker/pytorch_model.bin',
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
