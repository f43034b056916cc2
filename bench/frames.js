// The frames path (camera and encoder together) over ffmpeg alone reading the same raw frames.

import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createFramer } from '../dist/camera/framer.js'
import { viewAt } from '../dist/camera/move.js'
import { nodeHost } from '../dist/host/node-host.js'
import { parseCamera } from '../dist/script/camera.js'
import { encodeArguments } from '../dist/video/arguments.js'
import { openEncoder } from '../dist/video/encoder.js'
import { findFfmpeg } from '../dist/video/find-ffmpeg.js'
import { median } from './process.js'

const SIZE = { width: 960, height: 576 }
const SPEC = { ...SIZE, fps: { num: 24, den: 1 } }
const FRAMES = 96
const RUNS = 5
const PUSH = parseCamera('push in').value

/** A picture with edges and gradients, as keyframes have them. */
function picture() {
  const [width, height] = [320, 192]
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3
      const inside = (x - 160) ** 2 + (y - 110) ** 2 < 50 ** 2
      data.set(inside ? [220, 90, 40] : [x * 0.6, 120 + y * 0.5, 200 - y * 0.5], i)
    }
  }
  return { width, height, data }
}

function* cameraFrames() {
  const source = picture()
  const framer = createFramer(SIZE)
  const out = new Uint8Array(SIZE.width * SIZE.height * 3)
  for (let i = 0; i < FRAMES; i++) {
    const moment = { t: i / (FRAMES - 1), seconds: i / 24 }
    framer.render(source, viewAt(PUSH, 0, moment, source, SIZE), out)
    yield out
  }
}

export async function frames() {
  const host = nodeHost()
  const ffmpeg = await findFfmpeg(host)
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-bench-'))
  const raw = join(folder, 'raw')
  const ours = async () => {
    const encoder = await openEncoder(host, ffmpeg, SPEC, join(folder, 'ours.mp4'))
    for (const frame of cameraFrames()) await encoder.write(frame)
    await encoder.finish()
  }
  const alone = async () => {
    const child = spawn(ffmpeg.path, encodeArguments(SPEC, join(folder, 'alone.mp4')))
    const ended = new Promise((resolve) => child.on('close', resolve))
    await pipeline(createReadStream(raw, { highWaterMark: SIZE.width * SIZE.height * 3 }), child.stdin)
    await ended
  }
  try {
    await pipeline(async function* () {
      for (const frame of cameraFrames()) yield Buffer.from(frame)
    }, createWriteStream(raw))
    const times = { ours: [], alone: [] }
    for (let i = 0; i <= RUNS; i++) {
      for (const [name, run] of Object.entries({ ours, alone })) {
        const started = performance.now()
        await run()
        if (i > 0) times[name].push(performance.now() - started)
      }
    }
    const [a, b] = [median(times.ours), median(times.alone)]
    const perFrame = (ms) => `${(ms / FRAMES).toFixed(1)} ms a frame`
    return [
      {
        what: 'camera and encoder over ffmpeg alone',
        ratio: a / b,
        detail: `${perFrame(a)}, ${perFrame(b)}`,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
