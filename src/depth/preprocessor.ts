// What a depth model wants its picture to be like: the fields of transformers' DPTImageProcessor, which MiDaS, DPT, ZoeDepth
// and Depth Anything are published with.

export type Size = { width: number; height: number }

export type Preprocessor = {
  /** The size that the model was trained for, in pixels; null for the picture's own. */
  size: Size | null
  keepsAspect: boolean
  /** Sides are multiples of this. */
  multiple: number
  /** Of R, G, B in 0 to 1. */
  mean: readonly number[]
  deviation: readonly number[]
}

/** Of ImageNet. */
const MEAN = [0.485, 0.456, 0.406]
const DEVIATION = [0.229, 0.224, 0.225]
/** Of MiDaS and DPT. */
const USUAL_SIZE = 384
const USUAL_MULTIPLE = 32

/** Of a preprocessor_config.json; what it does not say is as for MiDaS. */
export function readPreprocessor(config: Readonly<Record<string, unknown>>): Preprocessor {
  const normalizes = config.do_normalize !== false
  return {
    size: config.do_resize === false ? null : readSize(config.size),
    keepsAspect: config.keep_aspect_ratio === true,
    multiple: isCount(config.ensure_multiple_of)
      ? config.ensure_multiple_of
      : isEmpty(config)
        ? USUAL_MULTIPLE
        : 1,
    mean: normalizes ? (readColor(config.image_mean) ?? MEAN) : [0, 0, 0],
    deviation: normalizes ? (readColor(config.image_std) ?? DEVIATION) : [1, 1, 1],
  }
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0
const isEmpty = (config: object) => Object.keys(config).length === 0

function readSize(size: unknown): Size {
  if (isCount(size)) return { width: size, height: size }
  const { width, height, shortest_edge: edge } = (size ?? {}) as Record<string, unknown>
  if (isCount(width) && isCount(height)) return { width, height }
  return isCount(edge) ? { width: edge, height: edge } : { width: USUAL_SIZE, height: USUAL_SIZE }
}

const readColor = (value: unknown): number[] | null =>
  Array.isArray(value) && value.length === 3 && value.every((v) => typeof v === 'number') ? value : null

/** The size that a picture gets: with its aspect kept, the one of both scales that changes it less. */
export function inputSize({ size, keepsAspect, multiple }: Preprocessor, picture: Size): Size {
  const wanted = size ?? picture
  let across = wanted.width / picture.width
  let down = wanted.height / picture.height
  if (keepsAspect) {
    const least = Math.abs(1 - across) < Math.abs(1 - down) ? across : down
    across = least
    down = least
  }
  const side = (length: number) => Math.max(multiple, Math.round(length / multiple) * multiple)
  return { width: side(picture.width * across), height: side(picture.height * down) }
}

/** Planes of R, G, B, normalized: 1 x 3 x height x width. */
export function toPlanes(rgb: Uint8Array, { mean, deviation }: Preprocessor): Float32Array {
  const pixels = rgb.length / 3
  const planes = new Float32Array(rgb.length)
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < pixels; i++)
      planes[c * pixels + i] = (rgb[i * 3 + c]! / 255 - mean[c]!) / deviation[c]!
  return planes
}
