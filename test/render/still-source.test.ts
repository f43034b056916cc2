import { describe, expect, test } from 'vitest'
import { sizeOfSource } from '../../src/render/still-source.js'

describe('the size of a still from a picture', () => {
  const sd = { sizes: [{ width: 512, height: 512 }], sideStep: 64 }
  test.each([
    ['its own', 768, 512, 768, 512],
    ['rounded down to what the UNet halves evenly', 830, 540, 768, 512],
    ['a small one at least one step', 40, 90, 64, 64],
    ['the largest that keeps its own', 1024, 1024, 1024, 1024],
    ['a big one in as many pixels as the model’s', 4000, 3000, 576, 384],
    ['a tall one', 1000, 4000, 256, 1024],
  ])('%s', (_, width, height, toWidth, toHeight) =>
    expect(sizeOfSource({ width, height }, sd)).toEqual({ width: toWidth, height: toHeight }),
  )
  test('a model of larger pictures keeps more', () =>
    expect(
      sizeOfSource({ width: 1500, height: 1500 }, { sizes: [{ width: 1024, height: 1024 }], sideStep: 32 }),
    ).toEqual({
      width: 1024,
      height: 1024,
    }))
})
