import { describe, expect, test } from 'vitest'
import { LineIndex } from '../../src/diagnostic/line-index.js'

describe('LineIndex', () => {
  test('columns count UTF-16 units and UTF-8 bytes from 1', () => {
    const text = 'ab\n海🚤x\n'
    const index = new LineIndex(text)
    expect(index.position(0)).toEqual({ line: 1, column: 1, byteColumn: 1 })
    expect(index.position(text.indexOf('x'))).toEqual({ line: 2, column: 4, byteColumn: 8 })
    expect(index.position(text.length)).toEqual({ line: 3, column: 1, byteColumn: 1 })
  })

  test('LF and CRLF end lines, a lone CR does not', () => {
    const index = new LineIndex('a\r\nb\rc\nd')
    expect(index.lineCount).toBe(3)
    expect([1, 2, 3].map((line) => index.lineText(line))).toEqual(['a', 'b\rc', 'd'])
    expect(index.lineAt(3)).toBe(2)
  })

  test('offsets outside the text count as its ends', () => {
    const index = new LineIndex('ab\ncd')
    expect(index.position(-5)).toEqual(index.position(0))
    expect(index.position(99)).toEqual(index.position(5))
  })

  test('an empty text has one empty line', () => {
    expect(new LineIndex('').position(0)).toEqual({ line: 1, column: 1, byteColumn: 1 })
    expect(new LineIndex('').lineText(1)).toBe('')
  })

  test('every offset belongs to the line that a plain count gives', () => {
    const text = '\n\na\r\n\r\nbc\n'
    const index = new LineIndex(text)
    for (let at = 0; at <= text.length; at++)
      expect(index.lineAt(at)).toBe(text.slice(0, at).split('\n').length)
  })
})
