// Pictures of half blocks: each character two pixels, one above the other. Pure.

import type { Picture } from '../../image/picture.js'

/** Lines of characters, half as many as the picture has rows (an odd last row is left out). */
export function blockLines({ data, width, height }: Picture, hasTrueColor: boolean): string[] {
  const color = hasTrueColor ? trueColor : nearestOf256
  const at = (x: number, y: number) => {
    const i = (y * width + x) * 3
    return color(data[i]!, data[i + 1]!, data[i + 2]!)
  }
  return Array.from({ length: Math.floor(height / 2) }, (_, row) => {
    let line = ''
    let before = ''
    for (let x = 0; x < width; x++) {
      const style = `\x1b[38;${at(x, row * 2)};48;${at(x, row * 2 + 1)}m`
      line += `${style === before ? '' : style}▀`
      before = style
    }
    return `${line}\x1b[0m`
  })
}

const trueColor = (r: number, g: number, b: number) => `2;${r};${g};${b}`

/** Of the 6×6×6 cube and the greys of xterm, the nearer one. */
function nearestOf256(r: number, g: number, b: number): string {
  const steps = [0, 95, 135, 175, 215, 255]
  const step = (v: number) => (v < 48 ? 0 : v < 115 ? 1 : Math.min(5, Math.floor((v - 35) / 40)))
  const [i, j, k] = [step(r), step(g), step(b)]
  const grey = Math.max(0, Math.min(23, Math.round(((r + g + b) / 3 - 8) / 10)))
  const level = 8 + grey * 10
  const distance = (x: number, y: number, z: number) => (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2
  const isGrey = distance(level, level, level) < distance(steps[i]!, steps[j]!, steps[k]!)
  return `5;${isGrey ? 232 + grey : 16 + 36 * i + 6 * j + k}`
}
