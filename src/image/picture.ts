// Pictures as storyreel handles them, and their way in and out of files.

import { renderFailure } from '../diagnostic/failure.js'
import { insertPngText } from './png-text.js'
import { loadSharp } from './sharp.js'

/** An 8-bit sRGB picture; `data` holds rows of R, G, B (height x width x 3 bytes). */
export type Picture = { width: number; height: number; data: Uint8Array }

/** Bigger than any film frame or model input; a decompression bomb is refused above it. */
const MAX_PIXELS = 100e6

/**
 * A PNG file, the same bytes for the same picture. `text` becomes iTXt chunks (keyword to text), which image viewers
 * show as the picture's description.
 */
export async function encodePng(picture: Picture, text: Record<string, string> = {}): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const png = await fromRaw(sharp, picture).png({ compressionLevel: 4, adaptiveFiltering: true }).toBuffer()
  return insertPngText(png, text)
}

/**
 * Reads PNG, JPEG, WebP, GIF (first frame), TIFF or AVIF: turned upright as its EXIF says, converted to sRGB,
 * transparency flattened on black. `name` is what a Failure calls it.
 */
export async function decodePicture(bytes: Uint8Array, name = 'the picture'): Promise<Picture> {
  const sharp = await loadSharp()
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, autoOrient: true })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, data: toRgb(data, info.channels) }
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]
    throw renderFailure(`can't read ${name}: ${reason}`, 'give a PNG, JPEG or WebP file', error)
  }
}

/** Lanczos3 to exactly `width` x `height`: `fill` stretches, `cover` keeps proportions and crops around the middle. */
export async function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  fit: 'fill' | 'cover',
): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture
  const sharp = await loadSharp()
  const data = await fromRaw(sharp, picture)
    .resize(width, height, { fit, kernel: 'lanczos3' })
    .raw()
    .toBuffer()
  return { width, height, data }
}

type Sharp = Awaited<ReturnType<typeof loadSharp>>

function fromRaw(sharp: Sharp, { data, width, height }: Picture) {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: MAX_PIXELS })
}

/** Grey stays one channel wide through libvips. */
function toRgb(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data
  const pixels = data.length / channels
  const rgb = new Uint8Array(pixels * 3)
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + (channels > 2 ? c : 0)]!
  }
  return rgb
}
