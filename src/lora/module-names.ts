// One name for a module, whoever names it: a graph's exporter, diffusers, or a trainer that knows no dots.

import type { Part } from './key-forms.js'

/** Where a network's own modules begin, after the names of what wraps it. */
const ROOTS: Readonly<Record<'unet' | 'text', readonly string[]>> = {
  unet: [
    'down_blocks',
    'mid_block',
    'up_blocks',
    'conv_in',
    'conv_out',
    'time_embedding',
    'add_embedding',
    'class_embedding',
    'encoder_hid_proj',
  ],
  text: ['encoder', 'embeddings', 'final_layer_norm', 'text_projection'],
}

/** Of a graph's module path: `inner.mid_block.resnets.0.conv1` is `mid_block_resnets_0_conv1`. */
export function nameOfPath(path: string, part: Part): string {
  const segments = path.split('.')
  const start = segments.findIndex((segment) => ROOTS[part === 'unet' ? 'unet' : 'text'].includes(segment))
  return segments.slice(Math.max(0, start)).join('_')
}

/**
 * Of a module as a LoRA file has it, in any form. @param layers how many resnets a down block has, for names that count
 * blocks as the original code of Stable Diffusion does.
 */
export function nameOfModule(module: string, part: Part, layers: number): string {
  const name = module.replaceAll('.', '_')
  return part === 'unet' ? fromOriginal(name, layers) : name.replace(/^text_model_/, '')
}

const ORIGINAL = /^(input_blocks|middle_block|output_blocks|time_embed|label_emb|out)_(\d+)(?:_(.+))?$/

/**
 * The original code counts blocks in one row: input_blocks 0 is conv_in, then every down block has its resnets, with their
 * attentions, and a downsampler; output_blocks go up alike. Names of diffusers pass.
 * https://github.com/Stability-AI/generative-models/blob/main/sgm/modules/diffusionmodules/openaimodel.py
 */
function fromOriginal(name: string, layers: number): string {
  const match = ORIGINAL.exec(name)
  if (match === null) return name
  const [, kind, number, rest = ''] = match
  const at = Number(number)
  switch (kind) {
    case 'time_embed':
      return `time_embedding_linear_${at / 2 + 1}`
    case 'label_emb':
      return `add_embedding_linear_${Number(rest) / 2 + 1}`
    case 'out':
      return at === 2 ? 'conv_out' : name
    case 'middle_block':
      return at === 1
        ? `mid_block_attentions_0_${rest}`
        : `mid_block_resnets_${at / 2}_${layerOfResnet(rest)}`
    case 'input_blocks': {
      if (at === 0) return 'conv_in'
      const block = Math.floor((at - 1) / (layers + 1))
      if (rest === '0_op') return `down_blocks_${block}_downsamplers_0_conv`
      return `down_blocks_${block}_${layerOfBlock(rest, (at - 1) % (layers + 1))}`
    }
    default: {
      const block = Math.floor(at / (layers + 1))
      if (/^[12]_conv$/.test(rest)) return `up_blocks_${block}_upsamplers_0_conv`
      return `up_blocks_${block}_${layerOfBlock(rest, at % (layers + 1))}`
    }
  }
}

/** `rest` begins with the number of the layer in its block: 0 the resnet, 1 the attention. */
function layerOfBlock(rest: string, index: number): string {
  const layer = rest.slice(2)
  return rest.startsWith('1_') ? `attentions_${index}_${layer}` : `resnets_${index}_${layerOfResnet(layer)}`
}

const RESNET_LAYERS: Readonly<Record<string, string>> = {
  in_layers_2: 'conv1',
  emb_layers_1: 'time_emb_proj',
  out_layers_3: 'conv2',
  skip_connection: 'conv_shortcut',
}
const layerOfResnet = (layer: string): string => RESNET_LAYERS[layer] ?? layer
