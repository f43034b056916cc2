// npm run docs:pictures [-- NAME…]: the pictures of docs/language.md, each from frames of a film that is rendered here
// with the embedded model. Build first.

import { spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { nodeHost } from '../../dist/host/node-host.js'
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js'
import { pictures } from './films.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
/** Scripts lie in a folder of this one, so that examples/ is three folders above them. */
const work = join(root, '.tmp/pictures')
const target = join(root, 'docs/pictures')
const ffmpeg = (await findFfmpeg(nodeHost())).path

/** Heights in pixels: of a frame in a row of many, of one or two. */
const FRAME = 120
const LARGE = 168
const GAP = 4

const names = process.argv.slice(2)
const chosen = pictures.filter(({ name }) => names.length === 0 || names.includes(name))
if (names.length > chosen.length) throw new Error(`no such picture: ${names.join(', ')}`)

await rm(work, { recursive: true, force: true })
await mkdir(target, { recursive: true })
const films = await renderAll()
for (const picture of chosen) {
  const bytes = await (picture.wave ? waveOf(films.get(picture.films[0])) : stripOf(picture))
  await writeFile(join(target, `${picture.name}.jpg`), bytes)
  process.stdout.write(`${picture.name}.jpg ${(bytes.length / 1000).toFixed(1)} kB\n`)
}

/** Renders all scripts, the drafts apart. @returns the files of the films. */
async function renderAll() {
  const all = chosen.flatMap(({ name, films }) => films.map((film, i) => ({ film, id: `${name}-${i}` })))
  const files = new Map()
  for (const draft of [false, true]) {
    const run = all.filter(({ film }) => (film.draft ?? false) === draft)
    if (run.length === 0) continue
    const folder = join(work, draft ? 'drafts' : 'films')
    await mkdir(folder, { recursive: true })
    for (const { film, id } of run) {
      await writeFile(join(folder, `${id}.yaml`), film.script)
      files.set(film, join(folder, `${id}.mp4`))
    }
    const render = [join(root, 'bin/storyreel.js'), 'render', folder, '--progress', 'none', ...(draft ? ['--draft'] : [])]
    await output(process.execPath, render)
  }
  return files
}

/** Frames of films side by side, as a JPEG. */
async function stripOf(picture) {
  const count = picture.films.reduce((sum, { at }) => sum + at.length, 0)
  const columns = picture.columns ?? count
  const height = picture.large || columns <= 2 ? LARGE : FRAME
  const frames = []
  for (const film of picture.films)
    for (const seconds of film.at) frames.push(await frameOf(films.get(film), seconds, height))
  const places = frames.map(({ input, width }, i) => {
    const inRow = frames.slice(i - (i % columns), i)
    const left = inRow.reduce((sum, frame) => sum + frame.width + GAP, 0)
    return { input, left, top: Math.floor(i / columns) * (height + GAP), right: left + width }
  })
  const canvas = {
    width: Math.max(...places.map(({ right }) => right)),
    height: places.at(-1).top + height,
    channels: 3,
    background: 'white',
  }
  return sharp({ create: canvas }).composite(places).jpeg({ quality: 80 }).toBuffer()
}

/** The frame that a film shows at a time, as a PNG. */
async function frameOf(film, seconds, height) {
  const input = await output(ffmpeg, [
    ...['-v', 'error', '-i', film, '-ss', `${seconds}`, '-frames:v', '1'],
    ...['-vf', `scale=-2:${height}:flags=lanczos`, '-f', 'image2pipe', '-c:v', 'png', '-'],
  ])
  if (input.length === 0) throw new Error(`${film} has no frame at ${seconds} s`)
  const { width } = await sharp(input).metadata()
  return { input, width }
}

/** The loudness of a film over its time, as a JPEG. */
async function waveOf(film) {
  const png = await output(ffmpeg, [
    ...['-v', 'error', '-i', film, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png'],
    ...['-filter_complex', `[0:a]aformat=channel_layouts=mono,showwavespic=s=800x${FRAME}:scale=sqrt:colors=#3060a0`, '-'],
  ])
  return sharp(png).flatten({ background: 'white' }).jpeg({ quality: 80 }).toBuffer()
}

/** Runs a program. @returns what it wrote to stdout. */
function output(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks))
      else reject(new Error(`${program} ${args.join(' ')}: exit ${code}`))
    })
  })
}
