// Names of tensors in LoRA files. Trainers have written three forms over the years:
//
//   lora_unet_mid_block_attentions_0_proj_in.lora_down.weight                       kohya, which knows no dots
//   unet.mid_block.attentions.0.proj_in.lora.down.weight                            diffusers, with older spellings
//   base_model.model.mid_block.attentions.0.proj_in.lora_A.weight                   PEFT

/** The network of a pipeline that a module belongs to. */
export type Part = 'unet' | 'textEncoder' | 'textEncoder2'

/** The low-rank factors, from input to output: `down`, for some convolutions `mid`, `up`. */
export type Role = 'down' | 'mid' | 'up' | 'alpha'

export type LoraKey = {
  part: Part
  /** The module's path in its network, dots and all where the form has them. */
  module: string
  role: Role
}

/** `foreign` is what the tensor is for instead, `unsupported` what kind of adapter it belongs to. */
export type ReadKey = LoraKey | { unsupported: string } | { foreign: string } | null

const ROLES: readonly [RegExp, Role][] = [
  [/\.lora_down\.weight$/, 'down'],
  [/\.lora_mid\.weight$/, 'mid'],
  [/\.lora_up\.weight$/, 'up'],
  [/\.lora_A(?:\.[^.]+)?\.weight$/, 'down'],
  [/\.lora_B(?:\.[^.]+)?\.weight$/, 'up'],
  [/[._](?:lora|lora_linear_layer)\.down\.weight$/, 'down'],
  [/[._](?:lora|lora_linear_layer)\.up\.weight$/, 'up'],
  [/(?:[._](?:lora|lora_linear_layer)(?:\.down\.weight)?)?\.alpha$/, 'alpha'],
]

/** Adapters of other kinds, by tensors that only they have. */
const UNSUPPORTED: readonly [RegExp, string][] = [
  [/\.dora_scale$|\.lora_magnitude_vector(?:\.[^.]+)*$/, 'DoRA'],
  [/\.hada_(?:w[12]_[ab]|t[12])$/, 'LoHa'],
  [/\.lokr_(?:w[12](?:_[ab])?|t2)$/, 'LoKr'],
  [/\.oft_(?:blocks|diag|r)(?:\.|$)/, 'OFT'],
  [/\.(?:ia3_l|on_input)/, 'IA3'],
  [/\.(?:a1|a2|b1|b2|c1|c2)\.weight$/, 'GLoRA'],
  [/\.(?:diff|diff_b)$/, 'LyCORIS with full differences of weights'],
  [/\.(?:w_norm|b_norm)$/, 'LyCORIS with normalisation layers'],
  [/\.lora_(?:B|up)(?:\.[^.]+)?\.bias$/, 'LoRA with biases'],
  [/\.lora_embedding_[AB]/, 'LoRA of embeddings'],
]

/** Networks that no supported family has. */
const FOREIGN: readonly [RegExp, string][] = [
  [
    /^lora_unet_(?:double|single)_blocks_|^(?:diffusion_model\.)?(?:double|single)_blocks\.|single_transformer_blocks/,
    'Flux',
  ],
  [/joint_(?:transformer_)?blocks/, 'Stable Diffusion 3'],
  [/^(?:text_encoder_3\.|lora_te3_)/, 'Stable Diffusion 3'],
  [/^(?:transformer|lora_transformer)[._]/, 'a diffusion transformer'],
]

const PREFIXES: readonly [RegExp, Part][] = [
  [/^lora_unet_/, 'unet'],
  [/^lora_te1?_/, 'textEncoder'],
  [/^lora_te2_/, 'textEncoder2'],
  [/^unet\./, 'unet'],
  [/^text_encoder\./, 'textEncoder'],
  [/^text_encoder_2\./, 'textEncoder2'],
  // PEFT's own files hold one network each and don't say which.
  [/^(?=(?:down_blocks|mid_block|up_blocks|conv_in|conv_out|time_embedding|add_embedding)(?:\.|$))/, 'unet'],
  [/^(?=(?:text_model|encoder)\.)/, 'textEncoder'],
]

/** Null for a name of no known form. */
export function readKey(name: string): ReadKey {
  const unsupported = UNSUPPORTED.find(([pattern]) => pattern.test(name))
  if (unsupported !== undefined) return { unsupported: unsupported[1] }
  const foreign = FOREIGN.find(([pattern]) => pattern.test(name))
  if (foreign !== undefined) return { foreign: foreign[1] }
  const found = ROLES.find(([pattern]) => pattern.test(name))
  if (found === undefined) return null
  const whole = name.replace(found[0], '').replace(/^base_model\.model\./, '')
  const prefix = PREFIXES.find(([pattern]) => pattern.test(whole))
  if (prefix === undefined) return null
  const [pattern, part] = prefix
  return { part, module: withoutProcessor(whole.replace(pattern, ''), part), role: found[1] }
}

/** diffusers once put LoRA layers into attention processors: `attn1.processor.to_out_lora` is `attn1.to_out.0`. */
function withoutProcessor(module: string, part: Part): string {
  const isProcessor = /\.processor\.to_[a-z]+$|^(?:text_model\.)?encoder\..*\.to_[a-z]+$/.test(module)
  if (!isProcessor) return module
  const [path, projection] = [
    module.slice(0, module.lastIndexOf('.')),
    module.slice(module.lastIndexOf('.') + 4),
  ]
  if (part === 'unet')
    return `${path.replace(/\.processor$/, '')}.to_${projection === 'out' ? 'out.0' : projection}`
  return `${path.replace(/\.processor$/, '')}.${projection}_proj`
}
