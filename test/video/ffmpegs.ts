// The ffmpegs that the tests of this folder run with: the machine's and the package's.

import { describe } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { type Ffmpeg, findFfmpeg } from '../../src/video/find-ffmpeg.js'

export const host = nodeHost()

export const packaged = await findFfmpeg({ ...host, env: {}, which: async () => null })
const installed = await host.which('ffmpeg')

/** One group of tests for each ffmpeg; the one of PATH is skipped where there is none. */
export function describeFfmpegs(name: string, tests: (ffmpeg: Ffmpeg) => void): void {
  describe(`${name}, ffmpeg of the package (${packaged.version})`, () => tests(packaged))
  if (installed === null) {
    describe.skip(`${name}, ffmpeg of PATH: there is none on this machine`, () => tests(packaged))
  } else {
    describe(`${name}, ffmpeg of PATH`, async () => tests(await findFfmpeg(host, { explicit: installed })))
  }
}

/** Frames that move and differ from one another. */
export function testFrame(width: number, height: number, index: number): Uint8Array {
  const frame = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      frame[at++] = (x * 4 + index * 5) & 0xff
      frame[at++] = (y * 4 + index * 3) & 0xff
      frame[at++] = Math.floor(x / 8 + y / 8 + index) % 2 === 0 ? 40 : 200
    }
  }
  return frame
}

export function solidFrame(
  width: number,
  height: number,
  [r, g, b]: readonly [number, number, number],
): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => [r, g, b][i % 3]!)
}
