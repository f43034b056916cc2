import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodePicture, encodePng, type Picture, resizePicture } from '../../src/image/picture.js'
import { readPngText } from '../../src/image/png-text.js'

const picture: Picture = {
  width: 33,
  height: 21,
  data: Uint8Array.from({ length: 33 * 21 * 3 }, (_, i) => (i * 7) ^ (i >> 3)),
}

const solid = (channels: 3 | 4, background: object, width = 4, height = 2) =>
  sharp({ create: { width, height, channels, background } })

describe('PNG', () => {
  it('comes back as it was', async () => {
    const back = await decodePicture(await encodePng(picture))
    expect({ ...back, data: new Uint8Array(back.data) }).toEqual(picture)
  })

  it('has the same bytes for the same picture', async () => {
    expect(Buffer.compare(await encodePng(picture), await encodePng(picture))).toBe(0)
  })

  it('carries text that readers know', async () => {
    const text = { Description: 'a fox — 狐', Software: 'storyreel' }
    const png = await encodePng(picture, text)
    expect(readPngText(png)).toEqual(text)
    // libvips checks the chunks' sums.
    const { comments } = await sharp(png, { failOn: 'warning' }).metadata()
    expect(comments).toEqual([
      { keyword: 'Description', text: 'a fox — 狐' },
      { keyword: 'Software', text: 'storyreel' },
    ])
    expect(Buffer.compare((await decodePicture(png)).data, picture.data)).toBe(0)
  })
})

describe('decodePicture', () => {
  it('flattens transparency on black', async () => {
    const png = await solid(4, { r: 200, g: 100, b: 50, alpha: 0.5 }).png().toBuffer()
    const { data } = await decodePicture(png)
    expect(data.length).toBe(4 * 2 * 3)
    for (const [i, wanted] of [100, 50, 25].entries())
      expect(Math.abs(data[i]! - wanted)).toBeLessThanOrEqual(1)
  })

  it('turns upright as EXIF says', async () => {
    const jpeg = await solid(3, { r: 1, g: 2, b: 3 }, 8, 4).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    expect(await decodePicture(jpeg)).toMatchObject({ width: 4, height: 8 })
  })

  it('makes RGB of grey, of 16 bits, of CMYK', async () => {
    const grey = await solid(3, { r: 90, g: 90, b: 90 }).toColourspace('b-w').png().toBuffer()
    const deep = await solid(3, { r: 90, g: 90, b: 90 }).toColourspace('rgb16').png().toBuffer()
    const cmyk = await solid(3, { r: 90, g: 90, b: 90 })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer()
    for (const [bytes, tolerance] of [
      [grey, 0],
      [deep, 0],
      [cmyk, 20],
    ] as const) {
      const { data } = await decodePicture(bytes)
      expect(data.length).toBe(4 * 2 * 3)
      for (const v of data) expect(Math.abs(v - 90)).toBeLessThanOrEqual(tolerance)
    }
  })

  it('fails clearly on what is no picture, or half of one', async () => {
    const png = await encodePng(picture)
    for (const bytes of [new Uint8Array(0), Buffer.from('garbage'), png.subarray(0, png.length / 2)]) {
      await expect(decodePicture(bytes, 'fox.png')).rejects.toMatchObject({
        name: 'Failure',
        exitCode: 4,
        message: expect.stringContaining("can't read fox.png"),
      })
    }
  })
})

describe('resizePicture', () => {
  it('stretches or crops', async () => {
    const halves: Picture = {
      width: 40,
      height: 20,
      data: Uint8Array.from({ length: 40 * 20 * 3 }, (_, i) => (Math.floor(i / 3) % 40 < 10 ? 250 : 10)),
    }
    const filled = await resizePicture(halves, 20, 20, 'fill')
    expect([filled.width, filled.height, filled.data.length]).toEqual([20, 20, 1200])
    expect(filled.data[0]).toBeGreaterThan(240)
    const covered = await resizePicture(halves, 20, 20, 'cover')
    expect(Math.max(...covered.data.subarray(9, 60))).toBeLessThan(40)
  })
})
