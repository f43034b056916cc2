import { expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'
import { checkGlyphs, typesetText } from '../../src/story/glyph-check.js'

const warningsOf = (text: string, missing: string) =>
  checkGlyphs(checkScript(text, 'f').storyboard!, new Set(missing), new Map([['f', text]])).map(
    ({ code, message, span, hints }) => [code, message, text.slice(span!.start, span!.end), hints![0]],
  )

test('what is set in type is cards and captions, and no prompt', () => {
  const { storyboard } = checkScript('- card: one\n- {prompt: two, caption: three}\n- four\n', 'f')
  expect(typesetText(storyboard!).split('\n').filter(Boolean)).toEqual(['one', 'three'])
})

test('a shot is warned of at its first character that nobody has', () => {
  const text = '- {prompt: 海, caption: "a 海 and a 灯"}\n- card: fine\n- card: "\\u6d77"\n'
  expect(warningsOf(text, '海灯')).toEqual([
    [
      'font/missing-glyphs',
      'no font on this machine has "海 灯", so boxes are drawn',
      '海',
      'install a Chinese or Japanese font',
    ],
    [
      'font/missing-glyphs',
      'no font on this machine has "海", so boxes are drawn',
      'card: "\\u6d77"',
      'install a Chinese or Japanese font',
    ],
  ])
})

test('nothing missing is nothing to say', () => {
  expect(warningsOf('- card: 海\n', '')).toEqual([])
})
