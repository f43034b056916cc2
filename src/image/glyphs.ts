// Which characters no font on this machine has: read from the fonts themselves, where Pango would draw a box.
// OpenType 1.9: the table directory, "ttcf" collections, and `cmap` subtables of formats 4 and 12.

import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ownFonts, systemFontFolders } from './fonts.js'

/** More than any font has. */
const MOST_TABLES = 4096
const MOST_FACES = 256
const MOST_CMAP_BYTES = 32e6

/** Spaces, joiners, directions and selectors: they change others and show nothing themselves. */
const UNSEEN = /[\p{White_Space}\p{Control}\p{Format}\p{Default_Ignorable_Code_Point}\p{Surrogate}]/u

/**
 * The characters of a text that neither our fonts nor the system's can show, each once. Reads of a font only what tells that,
 * and of no more fonts than are needed to find everything. A font that can't be read has nothing.
 */
export async function missingGlyphs(text: string): Promise<Set<string>> {
  // One font rarely has all of a decomposed character and always all of a composed one.
  const missing = new Set([...text.normalize('NFC')].filter((character) => !UNSEEN.test(character)))
  for (const path of ownFonts()) await strike(path, missing)
  for (const folder of systemFontFolders()) {
    if (missing.size === 0) break
    const names = await readdir(folder, { recursive: true }).catch(() => [])
    for (const name of names) {
      if (missing.size === 0) break
      if (/\.(ttf|otf|ttc|otc)$/i.test(name)) await strike(join(folder, name), missing)
    }
  }
  return missing
}

/** Takes out what the font has. */
async function strike(path: string, missing: Set<string>): Promise<void> {
  const file = await open(path).catch(() => null)
  if (file === null) return
  try {
    for (const start of await facesOf(file)) {
      const cmap = await cmapOf(file, start)
      if (cmap === null) continue
      for (const character of missing)
        if (isMapped(cmap, character.codePointAt(0)!)) missing.delete(character)
    }
  } catch {
    // A broken file is no font.
  } finally {
    await file.close()
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  if (bytesRead < length) throw new RangeError('the font ends early')
  return new DataView(bytes.buffer)
}

const tagAt = (view: DataView, at: number): string =>
  String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)))

/** Where the table directories of a file are: one, or several in a collection. */
async function facesOf(file: FileHandle): Promise<number[]> {
  const head = await bytesAt(file, 0, 12)
  if (tagAt(head, 0) !== 'ttcf') return [0]
  const count = Math.min(MOST_FACES, head.getUint32(8))
  const offsets = await bytesAt(file, 12, count * 4)
  return Array.from({ length: count }, (_, i) => offsets.getUint32(i * 4))
}

/** Null for a font without one, and for one of coloured pictures, which we don't use. */
async function cmapOf(file: FileHandle, start: number): Promise<DataView | null> {
  const count = Math.min(MOST_TABLES, (await bytesAt(file, start, 12)).getUint16(4))
  const directory = await bytesAt(file, start + 12, count * 16)
  let cmap: DataView | null = null
  for (let i = 0; i < count; i++) {
    const tag = tagAt(directory, i * 16)
    if (['CBDT', 'COLR', 'sbix', 'SVG '].includes(tag)) return null
    const length = directory.getUint32(i * 16 + 12)
    if (tag === 'cmap' && length <= MOST_CMAP_BYTES)
      cmap = await bytesAt(file, directory.getUint32(i * 16 + 8), length)
  }
  return cmap
}

function isMapped(cmap: DataView, codePoint: number): boolean {
  const subtables = cmap.getUint16(2)
  for (let i = 0; i < subtables; i++) {
    const at = cmap.getUint32(4 + i * 8 + 4)
    const format = cmap.getUint16(at)
    if (format === 4 && codePoint <= 0xffff && isInSegments(cmap, at, codePoint)) return true
    if (format === 12 && isInGroups(cmap, at, codePoint)) return true
  }
  return false
}

/** Format 4: ends, starts, deltas and offsets of segments, one list after the other. Glyph 0 is "none". */
function isInSegments(cmap: DataView, at: number, codePoint: number): boolean {
  const twice = cmap.getUint16(at + 6)
  const ends = at + 14
  const starts = ends + twice + 2
  for (let i = 0; i < twice; i += 2) {
    if (cmap.getUint16(ends + i) < codePoint) continue
    const start = cmap.getUint16(starts + i)
    if (start > codePoint) return false
    const delta = cmap.getUint16(starts + twice + i)
    const offsetAt = starts + 2 * twice + i
    const offset = cmap.getUint16(offsetAt)
    if (offset === 0) return ((codePoint + delta) & 0xffff) !== 0
    return cmap.getUint16(offsetAt + offset + (codePoint - start) * 2) !== 0
  }
  return false
}

/** Format 12: groups of first, last and the first one's glyph, in order. */
function isInGroups(cmap: DataView, at: number, codePoint: number): boolean {
  let low = 0
  let high = cmap.getUint32(at + 12) - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const group = at + 16 + middle * 12
    const first = cmap.getUint32(group)
    if (codePoint < first) high = middle - 1
    else if (codePoint > cmap.getUint32(group + 4)) low = middle + 1
    else return cmap.getUint32(group + 8) + codePoint - first !== 0
  }
  return false
}
