// Names as diffusers' converter reads them; made by tools/golden/lora_names.py from real UNets.

import { describe, expect, test } from 'vitest'
import { readKey } from '../../src/lora/key-forms.js'
import { nameOfModule, nameOfPath } from '../../src/lora/module-names.js'
import golden from '../golden/lora-names.json' with { type: 'json' }

const nameOf = (key: string) => {
  const read = readKey(key)
  if (read === null || !('module' in read)) return read
  return `${read.part} ${read.role} ${nameOfModule(read.module, read.part, 2)}`
}

describe.each(Object.entries(golden.names))('%s', (_, names) => {
  test('each module has one name, whatever form it comes in', () => {
    const seen = new Set<string>()
    for (const [original, path] of names as [string, string][]) {
      const name = nameOfPath(path, 'unet')
      seen.add(name)
      const kohya = path.replaceAll('.', '_')
      for (const key of [
        `lora_unet_${original}.lora_down.weight`,
        `lora_unet_${kohya}.lora_down.weight`,
        `unet.${path}.lora.down.weight`,
        `unet.${path}.lora_A.weight`,
        `${path}.lora_A.weight`,
        `base_model.model.${path}.lora_A.style.weight`,
      ])
        expect(nameOf(key), key).toBe(`unet down ${name}`)
      expect(nameOf(`lora_unet_${original}.alpha`)).toBe(`unet alpha ${name}`)
    }
    expect(seen.size).toBe(names.length)
    expect(names.length).toBeGreaterThan(150)
  })
})

test('text encoders, in every form', () => {
  const query = 'down encoder_layers_3_self_attn_q_proj'
  const path = 'text_model.encoder.layers.3.self_attn'
  expect(nameOfPath(`inner.${path}.q_proj`, 'textEncoder')).toBe('encoder_layers_3_self_attn_q_proj')
  expect(nameOf('lora_te_text_model_encoder_layers_3_self_attn_q_proj.lora_down.weight')).toBe(
    `textEncoder ${query}`,
  )
  expect(nameOf('lora_te1_text_model_encoder_layers_3_self_attn_q_proj.lora_down.weight')).toBe(
    `textEncoder ${query}`,
  )
  expect(nameOf('lora_te2_text_model_encoder_layers_3_self_attn_q_proj.lora_down.weight')).toBe(
    `textEncoder2 ${query}`,
  )
  expect(nameOf(`text_encoder.${path}.q_proj.lora_linear_layer.down.weight`)).toBe(`textEncoder ${query}`)
  expect(nameOf(`text_encoder_2.${path}.to_q_lora.down.weight`)).toBe(`textEncoder2 ${query}`)
  expect(nameOf(`text_encoder.${path}.to_out_lora.up.weight`)).toBe(
    'textEncoder up encoder_layers_3_self_attn_out_proj',
  )
  expect(nameOf(`text_encoder_2.${path}.q_proj.lora_A.weight`)).toBe(`textEncoder2 ${query}`)
  expect(nameOf(`base_model.model.${path}.q_proj.lora_A.weight`)).toBe(`textEncoder ${query}`)
  expect(nameOf('text_encoder_2.text_projection.lora_A.weight')).toBe('textEncoder2 down text_projection')
})

test('attention processors of 2023', () => {
  const processor = 'unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor'
  expect(nameOf(`${processor}.to_k_lora.up.weight`)).toBe(
    'unet up mid_block_attentions_0_transformer_blocks_0_attn1_to_k',
  )
  expect(nameOf(`${processor}.to_out_lora.up.weight`)).toBe(
    'unet up mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0',
  )
  expect(nameOf(`${processor.slice(5)}.to_out_lora.down.weight`)).toBe(
    'unet down mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0',
  )
})

test('other kinds of adapters and other families are called by their names', () => {
  const module = 'lora_unet_mid_block_resnets_0_conv1'
  const unsupported: [string, string][] = [
    [`${module}.dora_scale`, 'DoRA'],
    ['unet.conv_in.lora_magnitude_vector.weight', 'DoRA'],
    [`${module}.hada_w1_a`, 'LoHa'],
    [`${module}.lokr_w2_b`, 'LoKr'],
    [`${module}.oft_blocks`, 'OFT'],
    [`${module}.diff`, 'LyCORIS with full differences of weights'],
    ['unet.conv_in.lora_B.bias', 'LoRA with biases'],
  ]
  for (const [key, name] of unsupported) expect(readKey(key)).toEqual({ unsupported: name })
  expect(readKey('lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight')).toEqual({ foreign: 'Flux' })
  expect(readKey('transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight')).toEqual({
    foreign: 'Flux',
  })
  expect(readKey('lora_te3_encoder_block_0.lora_down.weight')).toEqual({ foreign: 'Stable Diffusion 3' })
  expect(readKey('model.embed_tokens.weight')).toBeNull()
  expect(readKey('lora_unet_conv_in.weight')).toBeNull()
})
