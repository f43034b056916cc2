import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runtimeVersion } from '../../src/onnx/runtime-version.js'

test('is the installed onnxruntime-node’s', () => {
  const manifest = new URL('../../node_modules/onnxruntime-node/package.json', import.meta.url)
  expect(runtimeVersion).toBe(JSON.parse(readFileSync(manifest, 'utf8')).version)
})

test('nothing native is loaded until a session opens', () => {
  const dist = (file: string) => JSON.stringify(fileURLToPath(new URL(`../../dist/${file}`, import.meta.url)))
  const script = `
    await import(${dist('render/painter.js')})
    await import(${dist('onnx/runtime-version.js')})
    const loaded = process.report.getReport().sharedObjects
    console.log(loaded.filter((path) => path.includes('onnxruntime')).length)`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(output.trim()).toBe('0')
})
