import { isMap, isScalar, type ParsedNode } from 'yaml'
import { quote } from '../diagnostic/make.js'
import { readFileName } from './read-files.js'
import { readKeys } from './read-keys.js'
import { readSay } from './read-say.js'
import { readSeed, readSettings } from './read-settings.js'
import { type Entry, kindOf, type Parsed, type Reader } from './reader.js'
import type { Located, ScriptShot, Settings, ShotContent } from './types.js'

export const NO_SETTINGS: Settings = {
  duration: null,
  camera: null,
  transition: null,
  seed: null,
  steps: null,
  guidance: null,
  scheduler: null,
  model: null,
  negative: null,
  style: null,
  keyframes: null,
  motion: null,
  fit: null,
  look: null,
  lora: null,
  embedding: null,
  music: null,
  sound: null,
  voice: null,
  lips: null,
}

const CONTENTS = ['prompt', 'walk', 'image', 'card'] as const

/** At 0 the picture would stay as it is. */
const STRENGTH = { min: 0.01, max: 1, integer: false }

/** A shot, or null after an error. `listSpan` is underlined when there is nothing to underline. */
export function readShot(
  reader: Reader,
  item: ParsedNode | null,
  listSpan: () => Located<string>['span'],
): ScriptShot | null {
  const node = reader.resolve(item)
  if (node === null || (isScalar(node) && kindOf(node) === 'nothing')) {
    if (!reader.isKnownBroken(item))
      reader.report('shot/no-content', 'this shot is empty', node ? dashSpan(reader, node) : listSpan())
    return null
  }
  if (isScalar(node)) {
    const prompt = reader.textOf(node, 'a shot')
    return prompt
      ? {
          id: null,
          content: { kind: 'prompt', prompt },
          caption: null,
          say: null,
          settings: NO_SETTINGS,
          span: prompt.span,
        }
      : null
  }
  if (!isMap(node)) {
    reader.report('script/wrong-type', 'a shot is a text or a mapping, not a list', reader.headSpan(node))
    return null
  }
  const entries = reader.entries(node)
  if (looksLikeProse(entries)) {
    reader.report(
      'script/wrong-type',
      'this shot is read as a mapping because of the ": " in it',
      entries[0]!.keySpan,
      {
        hints: ['put the text in quotes'],
      },
    )
    return null
  }
  const keys = readKeys(reader, entries, 'shot')
  const id = keys.get('id')
  const caption = keys.get('caption')
  const say = keys.get('say')
  const shot = {
    id: id ? readId(reader, id) : null,
    caption: caption ? reader.textValue(caption, '`caption`') : null,
    say: say ? readSay(reader, say) : null,
    settings: readSettings(reader, keys),
    span: reader.span(node),
  }
  const content = readContent(reader, keys, reader.headSpan(node))
  return content ? { ...shot, content } : null
}

/** An empty item has no width: its dash stands for it. */
function dashSpan(reader: Reader, node: ParsedNode): Located<string>['span'] {
  const dash = reader.text.lastIndexOf('-', node.range[0])
  const start = dash < 0 ? node.range[0] : dash
  return { file: reader.file, start, end: Math.min(start + 1, reader.text.length) }
}

/** `- TOM says: hello` is a mapping with the key "TOM says" to YAML. */
const looksLikeProse = (entries: Entry[]): boolean => entries.length === 1 && /\s/.test(entries[0]!.key)

function readId(reader: Reader, entry: Entry): Located<string> | null {
  return reader.parsed(
    entry,
    '`id`',
    'shot/bad-id',
    (text): Parsed<string> =>
      /^\p{L}[\p{L}\p{M}\p{N}_-]{0,63}$/u.test(text)
        ? { value: text }
        : {
            problem: `${quote(text)} cannot be the id of a shot`,
            hints: [
              'letters, digits, "-" and "_", beginning with a letter: numbers such as 2.3 are given to the others',
            ],
          },
  )
}

function readContent(
  reader: Reader,
  keys: ReadonlyMap<string, Entry>,
  span: Located<string>['span'],
): ShotContent | null {
  const found = CONTENTS.flatMap((kind) => {
    const entry = keys.get(kind)
    // A picture may have a prompt beside it.
    return entry && !(kind === 'prompt' && keys.has('image')) ? [{ kind, entry }] : []
  })
  const first = found[0]
  const isFromPicture = first?.kind === 'image' && keys.has('prompt')
  const strength = keys.get('strength')
  if (strength && !isFromPicture)
    reader.report(
      'shot/no-picture',
      '`strength` says how much of an `image` is painted anew',
      strength.keySpan,
      {
        hints: [
          first?.kind === 'image'
            ? 'say with a `prompt` what to paint'
            : 'say with `image` from which picture, or take it out',
        ],
      },
    )
  if (!first) {
    reader.report('shot/no-content', 'this shot has no `prompt`', span, {
      hints: ['a shot needs one of: prompt, walk, image, card'],
    })
    return null
  }
  for (const extra of found.slice(1))
    reader.report(
      'shot/two-contents',
      `a shot has one of \`prompt\`, \`walk\`, \`image\` and \`card\`, and \`${extra.kind}\` is one too many`,
      extra.entry.keySpan,
      {
        notes: [{ message: `\`${first.kind}\` is here`, span: first.entry.keySpan }],
        hints: ['make two shots of it'],
      },
    )
  if (first.kind === 'walk') return readWalk(reader, first.entry)
  if (first.kind === 'image') return readImage(reader, first.entry, keys.get('prompt'), strength)
  const text = reader.textValue(first.entry, `\`${first.kind}\``)
  if (!text) return null
  return first.kind === 'prompt' ? { kind: 'prompt', prompt: text } : { kind: 'card', text }
}

function readImage(
  reader: Reader,
  image: Entry,
  prompt: Entry | undefined,
  strength: Entry | undefined,
): ShotContent | null {
  const file = readFileName(reader, image)
  const words = prompt ? reader.textValue(prompt, '`prompt`') : null
  if (file === null || (prompt && words === null)) return null
  return {
    kind: 'image',
    file,
    prompt: words,
    strength: strength && prompt ? reader.number(strength, '`strength`', STRENGTH) : null,
  }
}

function readWalk(reader: Reader, entry: Entry): ShotContent | null {
  const items = reader.list(entry, '`walk`')
  if (items === null) return null
  if (items.length < 2) {
    reader.report('walk/too-short', 'a `walk` goes through two prompts or more', entry.keySpan, {
      hints: ['add a prompt, or use `prompt` instead'],
    })
    return null
  }
  const prompts: Located<string>[] = []
  const seeds: (Located<number> | null)[] = []
  for (const item of items) {
    if (item === null || kindOf(item) === 'nothing') {
      reader.report(
        'script/missing-value',
        'a prompt of this `walk` is empty',
        item ? dashSpan(reader, item) : entry.keySpan,
      )
      continue
    }
    const waypoint = readWaypoint(reader, item)
    if (waypoint === null) continue
    prompts.push(waypoint.prompt)
    seeds.push(waypoint.seed)
  }
  return prompts.length === items.length ? { kind: 'walk', prompts, seeds } : null
}

/** A text, or `{prompt, seed}`. */
function readWaypoint(
  reader: Reader,
  item: ParsedNode,
): { prompt: Located<string>; seed: Located<number> | null } | null {
  const node = reader.resolve(item)
  const entries = isMap(node) ? reader.entries(node) : []
  if (!isMap(node) || looksLikeProse(entries)) {
    const prompt = reader.textOf(item, 'a prompt of a `walk`')
    return prompt && { prompt, seed: null }
  }
  const keys = readKeys(reader, entries, 'waypoint')
  const [words, seed] = [keys.get('prompt'), keys.get('seed')]
  if (!words) {
    reader.report('shot/no-content', 'this place of the `walk` has no `prompt`', reader.headSpan(node))
    return null
  }
  const prompt = reader.textValue(words, '`prompt`')
  return prompt && { prompt, seed: seed ? readSeed(reader, seed) : null }
}
