// In-betweens against the truth: frames of a real clip are dropped and made again, by a model, by a plain blend and by
// ffmpeg's motion interpolation. STORYREEL_CLIP names the clip for `npm run bench -- interpolation`; by itself:
//
//   node bench/interpolation.js CLIP [MODEL] [--frames 121] [--size 320x192] [--start 0] [--threads 2] [--dump DIR]

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nodeHost } from '../dist/host/node-host.js'
import { blend } from '../dist/interpolation/blend.js'
import { openInBetweener } from '../dist/render/in-betweener.js'
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
    for await (const frame of between(kept[i - 1], kept[i], stride)) all.push(Uint8Array.from(frame))
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

/** The model as storyreel uses it: the whole way from 8-bit frame to 8-bit frame. */
const modelled =
  (inBetweener, { width, height }) =>
  (a, b, stride) => {
    const times = Array.from({ length: stride - 1 }, (_, k) => (k + 1) / stride)
    const frame = (data) => ({ width, height, data })
    return inBetweener.between(frame(a), frame(b), times, new AbortController().signal)
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
  const inBetweener = model && (await openInBetweener(model, nodeHost(), { threads }))
  const methods = {
    ...(inBetweener && { model: byPair(modelled(inBetweener, size)) }),
    blend: byPair(blended),
    minterpolate: motionCompensated(size),
  }
  const rows = []
  try {
    // The first run of a session is slower.
    if (inBetweener) await methods.model(all.slice(0, 2), 2)
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
  } finally {
    await inBetweener?.close()
  }
  return rows
}

async function dumpFrames(folder, made, { width, height }) {
  mkdirSync(folder, { recursive: true })
  for (const [i, frame] of made.entries()) {
    const input = [...RAW, '-s', `${width}x${height}`, '-i', 'pipe:0']
    const png = await ffmpeg([...input, '-f', 'image2pipe', '-c:v', 'png'], Buffer.from(frame))
    writeFileSync(join(folder, `${String(i).padStart(4, '0')}.png`), png)
  }
}

const SIZE = { width: 320, height: 192 }
const USUAL = { size: SIZE, frames: 121, start: 0, threads: 2, dump: null }

/** Milliseconds of one in-between at 320x192 with two threads, by the model that ships inside, as a film makes them. */
const LIMIT_MS = 60

async function speed() {
  const host = nodeHost()
  const inBetweener = await openInBetweener('film', host, { threads: USUAL.threads })
  const drawn = [
    '-f',
    'lavfi',
    '-i',
    `mandelbrot=size=${SIZE.width}x${SIZE.height}:rate=24`,
    '-frames:v',
    '2',
    ...RAW,
  ]
  const [a, b] = split(await ffmpeg(drawn, null), SIZE.width * SIZE.height * 3)
  const times = Array.from({ length: 23 }, (_, i) => (i + 1) / 24)
  // Several are on the way at once, so what counts is how long a run takes, not how far apart two frames come.
  const runMs = async (times) => {
    const startedMs = performance.now()
    const pair = [a, b].map((data) => ({ ...SIZE, data }))
    for await (const _ of inBetweener.between(...pair, times, new AbortController().signal));
    return performance.now() - startedMs
  }
  /** Pairs with one in-between each, two at a time, as films and `tween` make them. */
  const lone = async () => {
    const startedMs = performance.now()
    const lane = async () => {
      for (let i = 0; i < 6; i++) await runMs([0.5])
    }
    await Promise.all([lane(), lane()])
    return (performance.now() - startedMs) / 12
  }
  try {
    await runMs(times)
    const runs = []
    for (let round = 0; round < 3; round++) runs.push((await runMs(times)) / times.length)
    const result = (what, ms) => ({ what, ratio: ms / LIMIT_MS, detail: `${ms.toFixed(1)} ms at 320x192` })
    return [
      result(`an in-between over ${LIMIT_MS} ms, 23 a pair`, median(runs)),
      result(`an in-between over ${LIMIT_MS} ms, one a pair`, await lone()),
    ]
  } finally {
    await inBetweener.close()
  }
}

/** For `npm run bench`: speed, and with a clip the quality beside a blend and minterpolate. */
export async function interpolation() {
  const clip = process.env.STORYREEL_CLIP
  if (!clip) {
    process.stderr.write('interpolation: set STORYREEL_CLIP to a video to measure quality as well\n')
    return speed()
  }
  const rows = await compare(clip, 'film', USUAL)
  const quality = rows
    .filter(({ name }) => name !== 'minterpolate')
    .map((row) => {
      const other = rows.find(({ stride, name }) => stride === row.stride && name === 'minterpolate')
      return {
        what: `${row.name} over minterpolate in dB, 1 of ${row.stride} kept`,
        ratio: row.psnr / other.psnr,
        detail: `${describe(row)}; minterpolate ${describe(other)}`,
      }
    })
  return [...(await speed()), ...quality]
}

const describe = ({ psnr: dB, ssim: likeness, ms }) =>
  `${dB.toFixed(2)} dB, SSIM ${likeness.toFixed(4)}, ${ms.toFixed(1)} ms an in-between`

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      frames: { type: 'string', default: String(USUAL.frames) },
      start: { type: 'string', default: '0' },
      size: { type: 'string', default: `${SIZE.width}x${SIZE.height}` },
      threads: { type: 'string', default: String(USUAL.threads) },
      dump: { type: 'string' },
    },
  })
  const [clip, model] = positionals
  if (!clip) throw new Error('which clip?')
  const [width, height] = values.size.split('x').map(Number)
  const rows = await compare(clip, model, {
    size: { width, height },
    frames: Number(values.frames),
    start: Number(values.start),
    threads: Number(values.threads),
    dump: values.dump,
  })
  for (const row of rows) {
    process.stdout.write(`1 of ${row.stride} kept  ${row.name.padEnd(12)}  ${describe(row)}\n`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
