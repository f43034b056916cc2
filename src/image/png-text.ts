// Text chunks of PNG files, which sharp can't write. PNG specification, third edition, 11.3.3.

const SIGNATURE_AND_IHDR = 8 + 25

/** Puts one uncompressed iTXt chunk for each entry behind IHDR. Keywords are 1 to 79 Latin-1 characters. */
export function insertPngText(png: Uint8Array, text: Record<string, string>): Uint8Array {
  const chunks = Object.entries(text).map(([keyword, value]) => makeChunk('iTXt', makeText(keyword, value)))
  if (chunks.length === 0) return png
  return Buffer.concat([png.subarray(0, SIGNATURE_AND_IHDR), ...chunks, png.subarray(SIGNATURE_AND_IHDR)])
}

/** The entries of a PNG's uncompressed iTXt chunks. */
export function readPngText(png: Uint8Array): Record<string, string> {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
  const text: Record<string, string> = {}
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) !== 'iTXt') continue
    const body = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at))
    const keywordEnd = body.indexOf(0)
    if (keywordEnd < 0 || body[keywordEnd + 1] !== 0) continue
    const languageEnd = body.indexOf(0, keywordEnd + 3)
    const translatedEnd = body.indexOf(0, languageEnd + 1)
    text[body.toString('latin1', 0, keywordEnd)] = body.toString('utf8', translatedEnd + 1)
  }
  return text
}

function makeText(keyword: string, value: string): Buffer {
  if (!/^[\x20-\x7e\xa1-\xff]{1,79}$/.test(keyword)) throw new RangeError(`not a PNG keyword: ${keyword}`)
  // NUL, then "not compressed", method 0, no language, no translated keyword.
  return Buffer.concat([Buffer.from(keyword, 'latin1'), Buffer.alloc(5), Buffer.from(value, 'utf8')])
}

function makeChunk(type: string, body: Buffer): Buffer {
  const chunk = Buffer.alloc(body.length + 12)
  chunk.writeUInt32BE(body.length, 0)
  chunk.write(type, 4, 'latin1')
  body.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length)
  return chunk
}

/** CRC-32 as in PNG, annex D; bit by bit, the chunks are short. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
