import { expect, test } from 'vitest'
import { decodeScript, MAX_SCRIPT_BYTES } from '../../src/script/decode.js'

const decode = (bytes: Uint8Array | number[]) => decodeScript(Uint8Array.from(bytes), 'film.yaml')

test('UTF-8 is kept as it is, byte order mark included', () => {
  const text = '\ufeff- 海 🚤\r\n'
  expect(decode(Buffer.from(text))).toEqual({ text, diagnostics: [] })
})

test('bytes that are not UTF-8 are placed by line and byte', () => {
  const { text, diagnostics } = decode([...Buffer.from('- a\n- b'), 0xe9, 0x20])
  expect(text).toBe('')
  expect(diagnostics.map((d) => [d.code, d.message])).toEqual([
    ['script/encoding', 'line 2 is not UTF-8: byte 4 of it belongs to no character'],
  ])
})

test('a character cut off at the end is not UTF-8', () => {
  expect(decode([0x2d, 0x20, 0xe6, 0xb5]).diagnostics[0]?.code).toBe('script/encoding')
})

test('UTF-16 is named', () => {
  expect(decode([0xff, 0xfe, 0x2d, 0x00]).diagnostics[0]?.message).toContain('UTF-16')
})

test('a file of 100 MB is turned away', () => {
  expect(decodeScript(new Uint8Array(1e8), 'x').diagnostics[0]?.code).toBe('script/too-large')
  expect(decodeScript(new Uint8Array(MAX_SCRIPT_BYTES).fill(0x20), 'x').diagnostics).toEqual([])
})
