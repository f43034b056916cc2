// XMP in MP4 files: a `uuid` box at the top level (XMP specification part 3, 1.2.7). Behind everything else it moves no offset.

/** Of XMP's boxes, BE7ACFCB-97A9-42E8-9C71-999491E3AFAC. */
const XMP_UUID = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex')

/** The bytes to append to an MP4 file. */
export function xmpBox(packet: string): Uint8Array {
  const body = Buffer.from(packet, 'utf8')
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + XMP_UUID.length + body.length, 0)
  head.write('uuid', 4, 'latin1')
  return Buffer.concat([head, XMP_UUID, body])
}

/** The packet of an MP4 file's bytes; null when it has none. */
export function readXmpBox(film: Uint8Array): string | null {
  const bytes = Buffer.from(film.buffer, film.byteOffset, film.byteLength)
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at)
    // 1 is "a 64-bit size follows", 0 is "to the end of the file".
    const length = size === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : size === 0 ? bytes.length - at : size
    if (length < 8) return null
    if (
      bytes.toString('latin1', at + 4, at + 8) === 'uuid' &&
      bytes.subarray(at + 8, at + 24).equals(XMP_UUID)
    )
      return bytes.toString('utf8', at + 24, at + length)
    at += length
  }
  return null
}
