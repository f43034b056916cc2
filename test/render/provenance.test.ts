import { describe, expect, test } from 'vitest'
import { MACHINE_MADE, xmpPacket } from '../../src/render/provenance.js'
import { readXmpBox, xmpBox } from '../../src/video/xmp-box.js'

const packet = xmpPacket({
  sourceType: MACHINE_MADE,
  program: 'storyreel 1',
  models: [
    { name: 'a & b', digest: 'abc' },
    { name: 'c', digest: null },
  ],
  prompt: 'x < y\u0000 "z" 船',
  script: null,
})

describe('provenance', () => {
  test('says that it is machine-made, with what, and is well-formed', () => {
    expect(packet).toContain(`<Iptc4xmpExt:DigitalSourceType>${MACHINE_MADE}</Iptc4xmpExt:DigitalSourceType>`)
    expect(packet).toContain('<Iptc4xmpExt:AISystemUsed>a &amp; b, c</Iptc4xmpExt:AISystemUsed>')
    expect(packet).toContain(
      '<Iptc4xmpExt:AISystemVersionUsed>a &amp; b sha256:abc</Iptc4xmpExt:AISystemVersionUsed>',
    )
    expect(packet).toContain(
      '<Iptc4xmpExt:AIPromptInformation>x &lt; y\ufffd &quot;z&quot; 船</Iptc4xmpExt:AIPromptInformation>',
    )
    expect(packet).not.toContain('dc:source>')
    const opened = [...packet.matchAll(/<([\w:]+)[^<>]*>/g)].map(([, name]) => name)
    const closed = [...packet.matchAll(/<\/([\w:]+)>/g)].map(([, name]) => name)
    expect(opened.sort()).toEqual(closed.sort())
  })

  test('is found again behind the boxes of a film', () => {
    const other = Buffer.concat([Buffer.from([0, 0, 0, 12]), Buffer.from('freeabcd')])
    const wide = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from('mdat'),
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 18]),
      Buffer.from('xx'),
    ])
    expect(readXmpBox(Buffer.concat([other, wide, xmpBox(packet)]))).toBe(packet)
    expect(readXmpBox(Buffer.concat([other, wide]))).toBeNull()
    expect(readXmpBox(Buffer.from([0, 0, 0, 2, 1, 1, 1, 1]))).toBeNull()
  })
})
