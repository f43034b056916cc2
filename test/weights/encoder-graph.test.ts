// Exports that draw their own noise; the graphs are made by tools/golden/images.py.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readEncoderGraph } from '../../src/weights/encoder-graph.js'

const golden = (name: string) => fileURLToPath(new URL(`../golden/images/${name}`, import.meta.url))

test.each(['vae_encoder/model.onnx', 'vae_encoder_plain/model.onnx'])('%s draws nothing', (name) =>
  expect(readEncoderGraph(golden(name))).toEqual({ kind: 'pure' }),
)

test('the sampled form is rewired: the drawing nodes go, the file stays a graph that draws nothing', () => {
  const path = golden('vae_encoder_sampled/model.onnx')
  const graph = readEncoderGraph(path)
  if (graph?.kind !== 'rewired') throw new Error(JSON.stringify(graph))
  const bytes = readFileSync(path)
  const parts: Uint8Array[] = []
  let at = 0
  for (const { start, end, bytes: fresh } of graph.splices) {
    parts.push(bytes.subarray(at, start), fresh)
    at = end
  }
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-encoder-'))
  try {
    const rewired = join(folder, 'model.onnx')
    writeFileSync(rewired, Buffer.concat([...parts, bytes.subarray(at)]))
    expect(readFileSync(rewired).includes('RandomNormalLike\x3a')).toBe(false)
    expect(readEncoderGraph(rewired)).toEqual({ kind: 'pure' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('noise that is no sample of a distribution is refused', () =>
  expect(readEncoderGraph(golden('vae_encoder_noisy/model.onnx'))).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('RandomNormalLike'),
  }))

test('a file that is no graph is told from one', () =>
  expect(readEncoderGraph(golden('cases.json'))).toBeNull())
