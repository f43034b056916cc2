// What is heard: files and sounds by word, one or several, each with how and when it plays.

import { extname } from 'node:path'
import { isMap, isSeq, type ParsedNode } from 'yaml'
import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { parseDuration, parseTime } from './duration.js'
import { nameFrom } from './file-name.js'
import { AMBIENCES, type Ambience } from './names.js'
import { readKeys } from './read-keys.js'
import { type Entry, kindOf, type Parsed, type Reader } from './reader.js'
import { parseSwitch } from './switch.js'
import type { Located, SoundCue } from './types.js'
import { parseVolume } from './volume.js'

/** Played at once; more is noise. */
const MAX_CUES = 32

/** `music` or `sound`: a file, a word, a mapping, a list of these, or `none`. Null after an error. */
export function readSounds(reader: Reader, entry: Entry): Located<SoundCue[]> | null {
  const node = reader.resolve(entry.value)
  if (node !== null && isSeq(node)) {
    const items = (node.items as (ParsedNode | null)[]).slice(0, MAX_CUES)
    if (node.items.length > MAX_CUES)
      reader.report('value/sound', `more than ${MAX_CUES} sounds at once`, entry.keySpan, {
        hints: ['mix them into fewer files'],
      })
    const cues = items.flatMap((value) => readCue(reader, { ...entry, value }) ?? [])
    return { value: cues, span: reader.span(node) }
  }
  if (node !== null && !isMap(node) && kindOf(node) !== 'nothing' && isNone(reader, node))
    return { value: [], span: reader.span(node) }
  const cue = readCue(reader, entry)
  return cue && { value: [cue], span: node === null ? entry.keySpan : reader.span(node) }
}

const isNone = (reader: Reader, node: ParsedNode): boolean => {
  const { start, end } = reader.span(node)
  return reader.text.slice(start, end) === 'none'
}

const PLAIN: Omit<SoundCue, 'source' | 'span'> = {
  volume: 1,
  start: null,
  from: 0,
  duration: null,
  fadeIn: null,
  fadeOut: null,
  isLooped: null,
}

function readCue(reader: Reader, entry: Entry): SoundCue | null {
  const node = reader.resolve(entry.value)
  if (node === null || !isMap(node)) {
    const source = readSource(reader, entry)
    return source && { ...PLAIN, source: source.value, span: source.span }
  }
  const keys = readKeys(reader, reader.entries(node), 'cue')
  const file = keys.get('file')
  if (!file) {
    reader.report('script/missing-value', `\`${entry.key}\` has no \`file\``, reader.headSpan(node), {
      hints: ['write `file: song.mp3`, or a word such as `file: rain`'],
    })
    return null
  }
  const parsed = <T>(
    key: string,
    code: 'value/duration' | 'value/sound' | 'value/switch',
    parse: (text: string) => Parsed<T>,
  ) => {
    const found = keys.get(key)
    return (found && reader.parsed(found, `\`${key}\``, code, parse)?.value) ?? null
  }
  const source = readSource(reader, file)
  return (
    source && {
      source: source.value,
      span: source.span,
      volume: parsed('volume', 'value/sound', parseVolume) ?? 1,
      start: parsed('start', 'value/duration', parseTime),
      from: parsed('from', 'value/duration', parseSecondsFromZero) ?? 0,
      duration: parsed('duration', 'value/duration', parseDuration),
      fadeIn: parsed('fade in', 'value/duration', parseSecondsFromZero),
      fadeOut: parsed('fade out', 'value/duration', parseSecondsFromZero),
      isLooped: parsed('loop', 'value/switch', parseSwitch),
    }
  )
}

/** A word that storyreel makes a sound for; any other text with a dot or a slash in it is a file's name. */
function readSource(reader: Reader, entry: Entry): Located<SoundCue['source']> | null {
  return reader.parsed(entry, `\`${entry.key}\``, 'value/sound', (text): Parsed<SoundCue['source']> => {
    const word = text.toLowerCase()
    if ((AMBIENCES as readonly string[]).includes(word))
      return { value: { kind: 'ambience', word: word as Ambience } }
    if (/[/\\]/.test(text) || extname(text) !== '')
      return { value: { kind: 'file', file: nameFrom(text, reader.file) } }
    const problem = `${quote(text)} is neither a sound file nor a sound that storyreel makes`
    const near = nearest(word, AMBIENCES)
    if (near !== null) return { problem, hints: [`did you mean ${quote(near)}?`], replacement: near }
    return { problem, hints: [`a file has an ending, such as song.mp3; words are: ${AMBIENCES.join(', ')}`] }
  })
}

function parseSecondsFromZero(text: string): Parsed<number> {
  const result = parseTime(text)
  if ('problem' in result) return result
  if ('frames' in result.value)
    return { problem: 'a place in a sound is a time, not frames', hints: ['write it as 1.5s'] }
  return { value: result.value.seconds }
}
