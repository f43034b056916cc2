// Text to a mask, by Pango inside sharp.

import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSharp } from './sharp.js'

/** How much ink each pixel has, 0 to 255: height x width. */
export type Mask = { width: number; height: number; data: Uint8Array }

export type TextStyle = {
  fontFile: string
  /** The font's family name inside the file. */
  family: string
  sizePx: number
  /** Lines are broken between words at this width; a longer word sticks out. */
  wrapPx: number
}

/**
 * Sets centred text and crops it to its ink. Letters that the font lacks come from the system's fonts, or show as
 * boxes. Null when there is nothing to see. Must be called on the main thread: fontconfig is told where its
 * configuration is by the process's environment.
 */
export async function renderText(text: string, style: TextStyle): Promise<Mask | null> {
  const markup = escapeMarkup(text)
  if (markup.trim() === '') return null
  const sharp = await loadSharp()
  await withOwnFontconfig(style.fontFile)
  const { data, info } = await sharp({
    text: {
      text: markup,
      font: `${style.family} ${style.sizePx}`,
      fontfile: style.fontFile,
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

/** Pango reads text as markup and refuses what XML can't hold. */
function escapeMarkup(text: string): string {
  return text
    .replace(/[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

let configured: Promise<void> | undefined

/**
 * The system's fontconfig may be missing, which prints warnings, or have its own taste in hinting, which changes
 * pixels from machine to machine. fontconfig reads its environment at the first text only; then ours is put back.
 */
function withOwnFontconfig(fontFile: string): Promise<void> {
  configured ??= configure(fontFile)
  return configured
}

async function configure(fontFile: string): Promise<void> {
  const sharp = await loadSharp()
  const before = process.env.FONTCONFIG_FILE
  process.env.FONTCONFIG_FILE = await writeFontconfig()
  try {
    await sharp({ text: { text: '.', fontfile: fontFile } })
      .raw()
      .toBuffer()
  } finally {
    if (before === undefined) delete process.env.FONTCONFIG_FILE
    else process.env.FONTCONFIG_FILE = before
  }
}

const UNIX_FONTS = [
  '/usr/share/fonts',
  '/usr/local/share/fonts',
  '/System/Library/Fonts',
  '/Library/Fonts',
  '~/.fonts',
]

/** Fonts of the system are for letters that ours lacks; the last cache folder is for homes that can't be written. */
async function writeFontconfig(): Promise<string> {
  const folder = join(tmpdir(), `storyreel-fonts-${process.getuid?.() ?? 0}`)
  const folders = process.platform === 'win32' ? ['WINDOWSFONTDIR'] : UNIX_FONTS
  const settings = Object.entries({ antialias: true, hinting: false, autohint: false, embeddedbitmap: false })
  const config = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
${folders.map((path) => `  <dir>${path}</dir>`).join('\n')}
  <dir prefix="xdg">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <cachedir>${folder.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</cachedir>
  <match target="font">
${settings.map(([name, on]) => `    <edit name="${name}" mode="assign"><bool>${on}</bool></edit>`).join('\n')}
    <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
`
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${createHash('sha256').update(config).digest('hex').slice(0, 16)}.conf`)
  const beside = `${path}.${process.pid}`
  await writeFile(beside, config)
  await rename(beside, path)
  return path
}
