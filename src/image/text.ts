// Text to a mask, by Pango inside sharp.

import { type Family, writeFontconfig } from './fonts.js'
import { loadSharp } from './sharp.js'

/** How much ink each pixel has, 0 to 255: height x width. */
export type Mask = { width: number; height: number; data: Uint8Array }

export type TextStyle = {
  family: Family
  sizePx: number
  /** Lines are broken at this width where Unicode allows it (UAX #14); a longer word sticks out. */
  wrapPx: number
}

/**
 * Sets centred text, in the order in which its script is read, and crops it to its ink. Letters that the font lacks come from
 * the system's fonts, or show as boxes. Null when there is nothing to see. Must be called on the main thread: fontconfig is
 * told where its configuration is by the process's environment.
 */
export async function renderText(text: string, style: TextStyle): Promise<Mask | null> {
  const markup = escapeMarkup(text)
  if (markup.trim() === '') return null
  const sharp = await loadSharp()
  await withOwnFontconfig()
  const { data, info } = await sharp({
    text: {
      text: `<span lang="${languageOf(text)}">${markup}</span>`,
      font: `${style.family} ${style.sizePx}`,
      width: Math.max(1, Math.round(style.wrapPx)),
      align: 'centre',
      wrap: 'word',
      spacing: Math.round(style.sizePx * 0.25),
      // One point is one pixel.
      dpi: 72,
    },
  })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/**
 * The language whose letter forms and line breaks a text has: China, Japan and Korea write many of the same characters
 * differently. BCP 47.
 */
export function languageOf(text: string): string {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja'
  if (/\p{Script=Hangul}/u.test(text)) return 'ko'
  if (/\p{Script=Han}/u.test(text)) return 'zh-cn'
  if (/\p{Script=Hebrew}/u.test(text)) return 'he'
  if (/\p{Script=Arabic}/u.test(text)) return 'ar'
  return 'en'
}

/** Pango reads text as markup and refuses what XML can't hold. */
function escapeMarkup(text: string): string {
  return text
    .replace(/[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

let configured: Promise<void> | undefined

/** fontconfig reads its environment at the first text only; then the old one is put back. */
function withOwnFontconfig(): Promise<void> {
  configured ??= configure()
  return configured
}

async function configure(): Promise<void> {
  const sharp = await loadSharp()
  const before = process.env.FONTCONFIG_FILE
  process.env.FONTCONFIG_FILE = await writeFontconfig()
  try {
    await sharp({ text: { text: '.' } })
      .raw()
      .toBuffer()
  } finally {
    if (before === undefined) delete process.env.FONTCONFIG_FILE
    else process.env.FONTCONFIG_FILE = before
  }
}
