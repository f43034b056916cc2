// The fonts of what is set in type: ours, so that a film looks the same everywhere, and the system's for what ours lack.

import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Their family names inside the files. */
export type Family = 'Lora Medium' | 'Lora SemiBold'

const OURS = [
  '@expo-google-fonts/lora/500Medium/Lora_500Medium.ttf',
  '@expo-google-fonts/lora/600SemiBold/Lora_600SemiBold.ttf',
  // Emoji in the colour of the text. Coloured ones are pictures of one size, and look different on every system.
  '@expo-google-fonts/noto-emoji/500Medium/NotoEmoji_500Medium.ttf',
]
const EMOJI_FAMILY = 'Noto Emoji Medium'

const UNIX_FOLDERS = [
  '/usr/share/fonts',
  '/usr/local/share/fonts',
  '/System/Library/Fonts',
  '/Library/Fonts',
  join(homedir(), '.fonts'),
]

/** Paths of the fonts that come with storyreel. */
export const ownFonts = (): string[] => OURS.map((file) => createRequire(import.meta.url).resolve(file))

/** Where the system keeps its fonts, in folders and their folders. */
export function systemFontFolders(): string[] {
  const xdg = join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'fonts')
  if (process.platform !== 'win32') return [...UNIX_FOLDERS, xdg]
  return [join(process.env.SystemRoot ?? 'C:\\Windows', 'Fonts'), xdg]
}

/** Digest of our fonts' bytes. */
export async function fontsDigest(): Promise<string> {
  const hash = createHash('sha256')
  for (const path of ownFonts()) hash.update(await readFile(path))
  return hash.digest('hex')
}

/**
 * Writes a fontconfig configuration with which the same letters come out on every machine: the system's own may be missing,
 * or have its taste in hinting. Gives its path. The last cache folder is for homes that can't be written.
 */
export async function writeFontconfig(): Promise<string> {
  const folder = join(tmpdir(), `storyreel-fonts-${process.getuid?.() ?? 0}`)
  const folders = [...ownFonts().map((path) => dirname(path)), ...systemFontFolders()]
  const settings = Object.entries({ antialias: true, hinting: false, autohint: false, embeddedbitmap: false })
  const config = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
${folders.map((path) => `  <dir>${escapeXml(path)}</dir>`).join('\n')}
  <cachedir prefix="xdg">fontconfig</cachedir>
  <cachedir>${escapeXml(folder)}</cachedir>
  <alias binding="strong"><family>emoji</family><prefer><family>${EMOJI_FAMILY}</family></prefer></alias>
  <selectfont><rejectfont><pattern><patelt name="color"><bool>true</bool></patelt></pattern></rejectfont></selectfont>
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

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
