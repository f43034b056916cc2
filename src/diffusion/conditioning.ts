// What the UNet hears of the prompts: embeddings blended, and both sides of guidance as one batch.
// Sources: diffusers StableDiffusionPipeline and StableDiffusionXLPipeline (encode_prompt, __call__, _get_add_time_ids).

import { blendEmbeddings } from './guidance.js'
import { guidanceEmbedding } from './guidance-embedding.js'
import type { TensorView } from './tensor-view.js'

/** One prompt, by the model's text encoders. */
export type Embedding = {
  /** 1 × tokens × width. */
  context: TensorView
  /** 1 × width, of the whole prompt; null for models that don't ask for it. */
  pooled: TensorView | null
}

/** Prompts to embeddings of equally many tokens. `ms` is what the model calls took. */
export type EncodePrompts = (prompts: readonly string[]) => Promise<{ embeddings: Embedding[]; ms: number }>

export type PromptEmbeddings = {
  positive: Embedding
  /** Null without guidance. */
  negative: Embedding | null
  ms: number
}

/** The UNet's inputs that stay the same at every step. B is 2 with guidance, the negative side first, else 1. */
export type Conditioning = {
  /** B × tokens × width. */
  context: TensorView
  /** B × width; null for models that don't ask for it. */
  textEmbeds: TensorView | null
  /** B × 6: original height and width, top and left of the crop, target height and width, in pixels. Null as above. */
  timeIds: TensorView | null
  /** 1 × width, of the guidance scale; null as above. */
  timestepCond: TensorView | null
}

export type PromptRequest = {
  /** Embeddings are added by weight. */
  prompt: readonly { prompt: string; weight: number }[]
  /** Only read with guidance. */
  negative: string
  /** An empty negative prompt isn't encoded, but all zeros (force_zeros_for_empty_prompt). */
  zerosForEmptyNegative: boolean
}

export async function embedPrompts(
  encode: EncodePrompts,
  { prompt, negative, zerosForEmptyNegative }: PromptRequest,
  isGuided: boolean,
): Promise<PromptEmbeddings> {
  const isEncoded = isGuided && !(zerosForEmptyNegative && negative === '')
  const wanted = [...prompt.map((part) => part.prompt), ...(isEncoded ? [negative] : [])]
  const { embeddings, ms } = await encode(wanted)
  const positive = blend(prompt.map(({ weight }, i) => ({ weight, embedding: embeddings[i]! })))
  return {
    positive,
    negative: !isGuided ? null : isEncoded ? embeddings.at(-1)! : zerosLike(positive),
    ms,
  }
}

/** Null fields of `asked` are inputs that the model doesn't have. Without guidance, `timestepCond` carries the scale. */
export function conditionOn(
  { positive, negative }: PromptEmbeddings,
  asked: { timeIds: readonly number[] | null; timestepCondWidth: number | null; guidance: number },
): Conditioning {
  const sides = negative === null ? [positive] : [negative, positive]
  const pooled = sides.flatMap((side) => side.pooled ?? [])
  const width = asked.timestepCondWidth
  return {
    context: stack(sides.map((side) => side.context)),
    textEmbeds: pooled.length === 0 ? null : stack(pooled),
    timeIds: asked.timeIds && stack(sides.map(() => row(asked.timeIds!))),
    timestepCond: width === null ? null : row(guidanceEmbedding(asked.guidance, width)),
  }
}

/** A picture that was never scaled nor cropped. */
export const timeIdsOf = ({ width, height }: { width: number; height: number }): number[] => [
  height,
  width,
  0,
  0,
  height,
  width,
]

const row = (values: ArrayLike<number>): TensorView => ({
  data: Float32Array.from(values),
  dims: [1, values.length],
})

/** One above the other along the first axis. */
function stack(parts: readonly TensorView[]): TensorView {
  const first = parts[0]!
  if (parts.length === 1) return first
  const data = new Float32Array(parts.length * first.data.length)
  for (const [i, part] of parts.entries()) data.set(part.data, i * first.data.length)
  return { data, dims: [parts.length, ...first.dims.slice(1)] }
}

function blend(parts: readonly { weight: number; embedding: Embedding }[]): Embedding {
  const first = parts[0]!
  const of = (pick: (embedding: Embedding) => TensorView): TensorView => ({
    data: blendEmbeddings(
      parts.map(({ weight, embedding }) => ({ weight, embedding: pick(embedding).data })),
    ),
    dims: pick(first.embedding).dims,
  })
  return {
    context: of(({ context }) => context),
    pooled: first.embedding.pooled && of(({ pooled }) => pooled!),
  }
}

const zerosLike = ({ context, pooled }: Embedding): Embedding => ({
  context: { ...context, data: new Float32Array(context.data.length) },
  pooled: pooled && { ...pooled, data: new Float32Array(pooled.data.length) },
})
