// The camera as a mapping: `{zoom: [1, 1.4], pan: [-0.5, 0.5], ease: in-out, shake: 0.3}`.

import { isMap, isSeq } from 'yaml'
import { MAX_ROLL, MAX_ZOOM, parseCamera, STILL, USUAL } from './camera.js'
import { parseEase, parseFraming } from './names.js'
import { readKeys } from './read-keys.js'
import type { Entry, Reader } from './reader.js'
import type { Camera, Located, Range } from './types.js'

type Limits = { min: number; max: number }

/** In words or as a mapping; null after an error. */
export function readCamera(reader: Reader, entry: Entry): Located<Camera> | null {
  const node = reader.resolve(entry.value)
  if (node === null || !isMap(node)) return reader.parsed(entry, '`camera`', 'value/camera', parseCamera)
  const keys = readKeys(reader, reader.entries(node), 'camera')
  const range = (key: string, limits: Limits): Range | null => {
    const found = keys.get(key)
    return found ? readRange(reader, found, limits) : null
  }
  const part = (key: string): number => {
    const found = keys.get(key)
    return (found && reader.number(found, `\`${key}\``, { min: 0, max: 1, integer: false })?.value) ?? 0
  }
  const [ease, framing] = [keys.get('ease'), keys.get('framing')]
  const [pan, tilt] = [range('pan', { min: -1, max: 1 }), range('tilt', { min: -1, max: 1 })]
  // A pan needs room: without a zoom it gets as much as in words.
  const close = pan === null && tilt === null ? 1 : USUAL.rate
  return {
    value: {
      zoom: range('zoom', { min: 1, max: MAX_ZOOM }) ?? [close, close],
      pan: pan ?? STILL.pan,
      tilt: tilt ?? STILL.tilt,
      roll: range('roll', { min: -MAX_ROLL, max: MAX_ROLL }) ?? STILL.roll,
      ease: (ease && reader.parsed(ease, '`ease`', 'value/camera', parseEase)?.value) ?? STILL.ease,
      shake: part('shake'),
      parallax: part('parallax'),
      framing: (framing && reader.parsed(framing, '`framing`', 'value/camera', parseFraming)?.value) ?? null,
    },
    span: reader.span(node),
  }
}

/** One number for the whole shot, or where it begins and where it ends. */
function readRange(reader: Reader, entry: Entry, limits: Limits): Range | null {
  const node = reader.resolve(entry.value)
  const what = `\`${entry.key}\``
  const read = (value: Entry['value']) =>
    reader.number({ ...entry, value }, what, { ...limits, integer: false })?.value ?? null
  if (node === null || !isSeq(node)) {
    const value = read(entry.value)
    return value === null ? null : [value, value]
  }
  if (node.items.length !== 2) {
    reader.report(
      'value/camera',
      `${what} is one number, or two: at the first frame and at the last`,
      reader.headSpan(node),
      { hints: [`write it as \`${entry.key}: [${limits.min}, ${limits.max}]\``] },
    )
    return null
  }
  const [from, to] = (node.items as Entry['value'][]).map(read)
  return from === null || to === null ? null : [from!, to!]
}
