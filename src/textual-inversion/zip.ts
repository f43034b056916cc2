// Zip archives as torch.save writes them: files that are stored, not compressed.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const LONGEST_COMMENT = 0xffff

/** Contents by name; null for an archive that is damaged, or not of this kind. Names of folders are left out. */
export function readStoredZip(archive: Uint8Array): Map<string, Uint8Array> | null {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength)
  let end = archive.length - END_BYTES
  const lowest = Math.max(0, end - LONGEST_COMMENT)
  while (end >= lowest && view.getUint32(end, true) !== END) end--
  if (end < lowest) return null
  const files = new Map<string, Uint8Array>()
  try {
    let at = view.getUint32(end + 16, true)
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      if (view.getUint32(at, true) !== ENTRY) return null
      const [method, crc, size] = [
        view.getUint16(at + 10, true),
        view.getUint32(at + 16, true),
        view.getUint32(at + 24, true),
      ]
      const [nameLength, extra, comment] = [28, 30, 32].map((offset) =>
        view.getUint16(at + offset, true),
      ) as [number, number, number]
      const name = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength))
      const local = view.getUint32(at + 42, true)
      if (view.getUint32(local, true) !== LOCAL || method !== 0) return null
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
      const content = archive.subarray(start, start + size)
      if (content.length !== size || crc32(content) !== crc) return null
      if (!name.endsWith('/')) files.set(name, content)
      at += 46 + nameLength + extra + comment
    }
  } catch (error) {
    // A place outside of the archive.
    if (error instanceof RangeError) return null
    throw error
  }
  return files
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
