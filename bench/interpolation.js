// In-betweens against the truth: frames of a real clip are dropped and made again, by a model, by a plain blend and by
// ffmpeg's motion interpolation. STORYREEL_CLIP names the clip for `npm run bench -- interpolation`; by itself:
//
//   node bench/interpolation.js CLIP [MODEL] [--frames 121] [--size 320x192] [--start 0] [--threads 2] [--dump DIR]

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { blend } from '../dist/interpolation/blend.js'
import { openRuntime } from '../dist/onnx/runtime.js'
import { median } from './process.js'
import { psnr, ssim } from './similarity.js'

/** One of two, and one of four frames kept. */
const STRIDES = [2, 4]

function ffmpeg(args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...args, 'pipe:1'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(Buffer.concat(chunks)) : reject(new Error(`ffmpeg ended with ${code}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

const RAW = ['-f', 'rawvideo', '-pix_fmt', 'rgb24']

async function decode(clip, { width, height, count, start }) {
  const scale = `trim=start_frame=${start}:end_frame=${start + count},scale=${width}:${height}:flags=area`
  return split(await ffmpeg(['-i', clip, '-vf', scale, '-vsync', '0', ...RAW], null), width * height * 3)
}

function split(bytes, frameBytes) {
  return Array.from({ length: Math.floor(bytes.length / frameBytes) }, (_, i) =>
    bytes.subarray(i * frameBytes, (i + 1) * frameBytes),
  )
}

/** Each way to make the frames between the kept ones: (kept, stride) → all frames. */
const byPair = (between) => async (kept, stride) => {
  const all = [kept[0]]
  for (let i = 1; i < kept.length; i++) {
    for await (const frame of between(kept[i - 1], kept[i], stride)) all.push(frame)
    all.push(kept[i])
  }
  return all
}

function* blended(a, b, stride) {
  for (let k = 1; k < stride; k++) {
    const out = new Uint8Array(a.length)
    blend(a, b, k / stride, out)
    yield out
  }
}

// The tail needs clones, and the scene detector would duplicate frames.
const motionCompensated = (size) => async (kept, stride) => {
  const filter = `format=yuv444p,tpad=stop_mode=clone:stop=4,minterpolate=fps=${24 * stride}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:scd=none`
  const input = [...RAW, '-s', `${size.width}x${size.height}`, '-r', '24', '-i', 'pipe:0']
  const bytes = await ffmpeg([...input, '-vf', filter, ...RAW], Buffer.concat(kept))
  return split(bytes, size.width * size.height * 3).slice(0, (kept.length - 1) * stride + 1)
}

async function openNet(path, size, threads) {
  const runtime = openRuntime({ threads })
  const session = await runtime.open(path)
  const { width, height } = size
  const dims = [1, 3, height, width]
  const planar = (rgb) => {
    const data = new Float32Array(rgb.length)
    const plane = width * height
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) data[c * plane + i] = rgb[3 * i + c] / 255
    }
    return { data, dims }
  }
  const runs = []
  async function* between(a, b, stride) {
    const [x0, x1] = [planar(a), planar(b)]
    for (let k = 1; k < stride; k++) {
      const time = { data: Float32Array.of(k / stride), dims: [1, 1] }
      const { outputs, ms } = await session.run({ x0, x1, time })
      runs.push(ms)
      const { data } = outputs.image ?? Object.values(outputs)[0]
      const plane = width * height
      yield Uint8Array.from({ length: 3 * plane }, (_, i) =>
        Math.min(255, Math.max(0, Math.round(data[(i % 3) * plane + Math.floor(i / 3)] * 255))),
      )
    }
  }
  return { between, runs, close: () => runtime.close() }
}

const mean = (values) => values.reduce((x, y) => x + y, 0) / values.length

/** Scores of the frames that were dropped: mean of the frames' PSNR and SSIM. */
function score(made, truth, stride, { width, height }) {
  const pairs = made.map((frame, i) => [frame, truth[i]]).filter((_, i) => i % stride !== 0)
  return {
    psnr: mean(pairs.map(([a, b]) => Math.min(100, psnr(a, b)))),
    ssim: mean(pairs.map(([a, b]) => ssim(a, b, width, height))),
    count: pairs.length,
  }
}

async function compare(clip, model, { size, frames, start, threads, dump }) {
  const all = await decode(clip, { ...size, count: frames, start })
  const net = model && (await openNet(model, size, threads))
  const methods = {
    ...(net && { model: byPair(net.between) }),
    blend: byPair(blended),
    minterpolate: motionCompensated(size),
  }
  const rows = []
  for (const stride of STRIDES) {
    const truth = all.slice(0, Math.floor((all.length - 1) / stride) * stride + 1)
    const kept = truth.filter((_, i) => i % stride === 0)
    for (const [name, make] of Object.entries(methods)) {
      const started = performance.now()
      const made = await make(kept, stride)
      const wall = performance.now() - started
      if (made.length !== truth.length) throw new Error(`${name}: ${made.length} of ${truth.length} frames`)
      const scores = score(made, truth, stride, size)
      rows.push({ stride, name, ...scores, ms: wall / scores.count })
      if (dump) await dumpFrames(join(dump, `${name}-${stride}`), made, size)
    }
  }
  await net?.close()
  return { rows, runMs: net && median(net.runs) }
}

async function dumpFrames(folder, made, { width, height }) {
  mkdirSync(folder, { recursive: true })
  for (const [i, frame] of made.entries()) {
    const png = await ffmpeg(
      [...RAW, '-s', `${width}x${height}`, '-i', 'pipe:0', '-f', 'image2pipe', '-c:v', 'png'],
      Buffer.from(frame),
    )
    writeFileSync(join(folder, `${String(i).padStart(4, '0')}.png`), png)
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    frames: { type: 'string', default: '121' },
    start: { type: 'string', default: '0' },
    size: { type: 'string', default: '320x192' },
    threads: { type: 'string', default: '2' },
    dump: { type: 'string' },
  },
})
const [width, height] = values.size.split('x').map(Number)
const { rows, runMs } = await compare(positionals[0], positionals[1], {
  size: { width, height },
  frames: Number(values.frames),
  start: Number(values.start),
  threads: Number(values.threads),
  dump: values.dump,
})
for (const row of rows) {
  process.stdout.write(
    `1 of ${row.stride} kept  ${row.name.padEnd(12)} PSNR ${row.psnr.toFixed(2)} dB  SSIM ${row.ssim.toFixed(4)}  ${row.ms.toFixed(1)} ms an in-between\n`,
  )
}
if (runMs) process.stdout.write(`model run, median: ${runMs.toFixed(1)} ms\n`)
