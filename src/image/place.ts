import type { Picture } from './picture.js'
import { resizeAsPillow } from './pillow.js'

/** `shares` say how much of each column of the picture below is this one's; `x` is where its middle comes to lie. */
export type Placed = { picture: Picture; x: number; shares: Float32Array }

/** Shares of the height: above is only the sky of the picture that is laid over. */
const SKY = { from: 0.08, to: 0.22 }

/**
 * Pictures laid over another one, each as high as that, around `x` (a share of the width), with soft edges at the sides and
 * at the top.
 */
export function placePictures(base: Picture, placed: readonly Placed[]): Picture {
  const { width, height } = base
  const data = Uint8Array.from(base.data)
  for (const { picture, x, shares } of placed) {
    const across = Math.max(1, Math.round((picture.width * height) / picture.height))
    const fitted = resizeAsPillow(picture, across, height)
    const left = Math.round(x * width - across / 2)
    for (let column = 0; column < width; column++) {
      const share = shares[column]!
      const from = column - left
      if (share === 0 || from < 0 || from >= across) continue
      for (let row = 0; row < height; row++) {
        const up = ((row + 0.5) / height - SKY.from) / (SKY.to - SKY.from)
        const amount = share * Math.min(1, Math.max(0, up))
        const to = (row * width + column) * 3
        const source = (row * across + from) * 3
        for (let c = 0; c < 3; c++)
          data[to + c] = Math.round(data[to + c]! * (1 - amount) + fitted.data[source + c]! * amount)
      }
    }
  }
  return { width, height, data }
}
