// How alike two pictures are: PSNR and SSIM.

/** PSNR in dB of two pictures of 8-bit samples, over all of their samples. Infinity for equal ones. */
export function psnr(a, b) {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return 10 * Math.log10((255 * 255 * a.length) / sum)
}

const WINDOW = 11
const SIGMA = 1.5
const C1 = (0.01 * 255) ** 2
const C2 = (0.03 * 255) ** 2

const kernel = (() => {
  const raw = Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * SIGMA ** 2)))
  const sum = raw.reduce((x, y) => x + y)
  return raw.map((value) => value / sum)
})()

/**
 * Mean SSIM of the luma (BT.601) of two RGB pictures: Gaussian window of 11×11 and σ 1.5, where it lies wholly inside
 * (Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004).
 */
export function ssim(rgbA, rgbB, width, height) {
  const a = luma(rgbA)
  const b = luma(rgbB)
  const blurred = (at) =>
    blur(
      Float64Array.from(a, (_, i) => at(i)),
      width,
      height,
    )
  const meanA = blurred((i) => a[i])
  const meanB = blurred((i) => b[i])
  const squareA = blurred((i) => a[i] ** 2)
  const squareB = blurred((i) => b[i] ** 2)
  const product = blurred((i) => a[i] * b[i])
  let sum = 0
  for (let i = 0; i < meanA.length; i++) {
    const [ma, mb] = [meanA[i], meanB[i]]
    const covariance = product[i] - ma * mb
    const variances = squareA[i] - ma ** 2 + squareB[i] - mb ** 2
    sum += ((2 * ma * mb + C1) * (2 * covariance + C2)) / ((ma ** 2 + mb ** 2 + C1) * (variances + C2))
  }
  return sum / meanA.length
}

const luma = (rgb) =>
  Float64Array.from(
    { length: rgb.length / 3 },
    (_, i) => 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2],
  )

/** The part where the window fits: (width - 10) × (height - 10). */
function blur(plane, width, height) {
  const innerWidth = width - WINDOW + 1
  const innerHeight = height - WINDOW + 1
  const rows = new Float64Array(innerWidth * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0
      for (let k = 0; k < WINDOW; k++) sum += kernel[k] * plane[y * width + x + k]
      rows[y * innerWidth + x] = sum
    }
  }
  const out = new Float64Array(innerWidth * innerHeight)
  for (let i = 0; i < out.length; i++) {
    let sum = 0
    for (let k = 0; k < WINDOW; k++) sum += kernel[k] * rows[i + k * innerWidth]
    out[i] = sum
  }
  return out
}
