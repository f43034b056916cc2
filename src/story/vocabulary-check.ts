// Warnings about words that a small model does not draw, each at its place in the script, once.

import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { promptsOf } from '../script/prompts.js'
import type { CastMember, Located, Script, ScriptScene, ScriptShot } from '../script/types.js'
import { findMentions, mentionPattern } from './mention.js'
import type { Storyboard } from './types.js'
import { type Finding, findUnknownWords } from './unknown-words.js'
import { createLexicon, type Lexicon, type Vocabulary } from './vocabulary.js'
import { tokensOf } from './words.js'

/** More than anybody reads. */
const MAX_WARNINGS = 500

/** Editors check at every key. */
const lexicons = new WeakMap<Vocabulary, Lexicon>()

/**
 * What the shots of the vocabulary's model name and it does not draw. Texts are looked at where they stand, in shots, looks,
 * outfits, places, sluglines and styles; only words that got into a prompt count. `sources` has the text of each file; the storyboard
 * may be one made beside errors.
 */
export function checkVocabulary(
  script: Script,
  storyboard: Storyboard,
  vocabulary: Vocabulary,
  sources: ReadonlyMap<string, string>,
): Diagnostic[] {
  const shots = shotsOf(script, storyboard, vocabulary.model)
  if (shots.length === 0) return []
  const lexicon = lexicons.get(vocabulary) ?? createLexicon(vocabulary)
  lexicons.set(vocabulary, lexicon)
  const prompted = promptedWords(shots)
  const diagnostics: Diagnostic[] = []
  for (const { text, blank, areThings } of textsOf(script, shots)) {
    for (const finding of findUnknownWords(text.value, blank, lexicon, areThings)) {
      if (diagnostics.length >= MAX_WARNINGS) return diagnostics
      if (!prompted.has(tokensOf(text.value.slice(finding.start, finding.end))[0]!.word)) continue
      diagnostics.push(diagnosticOf(finding, text, vocabulary.model, sources.get(text.span.file) ?? ''))
    }
  }
  return diagnostics
}

type Drawn = { scene: ScriptScene; shot: ScriptShot; prompts: string[] }

/** The shots that the model paints, with their composed prompts. */
function shotsOf(script: Script, storyboard: Storyboard, model: string): Drawn[] {
  const all = script.scenes.flatMap((scene) => scene.shots.map((shot) => ({ scene, shot })))
  return all.flatMap((each, i) => {
    const take = storyboard.shots[i]?.take
    if (take?.kind !== 'diffused' || take.diffusion.model !== model) return []
    return [{ ...each, prompts: take.keyframes.flatMap(({ prompt }) => prompt.map((term) => term.prompt)) }]
  })
}

function promptedWords(shots: readonly Drawn[]): Set<string> {
  const prompts = new Set(shots.flatMap((shot) => shot.prompts))
  return new Set([...prompts].flatMap((prompt) => tokensOf(prompt).map(({ word }) => word)))
}

type Text = { text: Located<string>; blank: readonly { start: number; end: number }[]; areThings: boolean }

/** Every text that a prompt may be composed from, once. */
function textsOf(script: Script, shots: readonly Drawn[]): Text[] {
  const pattern = mentionPattern(script.cast)
  const places = new Map(
    [...script.places.values()].map((place) => [place.name.value.toLowerCase(), place.text]),
  )
  const texts = new Map<string, Text>()
  const add = (text: Located<string> | null | undefined, blank: Text['blank'] = [], areThings = true) => {
    if (!text) return
    const id = `${text.span.file}:${text.span.start}`
    if (!texts.has(id)) texts.set(id, { text, blank, areThings })
  }
  const named = new Set<CastMember>()
  for (const { scene, shot } of shots) {
    for (const prompt of promptsOf(shot)) {
      const mentions = findMentions(prompt.value, script.cast, pattern).filter(
        ({ member }) => member !== null,
      )
      for (const { member } of mentions) named.add(member!)
      add(prompt, mentions)
    }
    add(scene.place && (places.get(scene.place.value.toLowerCase()) ?? scene.place))
    add(scene.time)
    add(scene.weather)
    add(shot.settings.style ?? scene.settings.style ?? script.settings.style, [], false)
  }
  for (const { looks, outfits } of named) {
    for (const look of looks) add(look.text)
    for (const outfit of outfits.values()) add(outfit)
  }
  return [...texts.values()]
}

function diagnosticOf(finding: Finding, text: Located<string>, model: string, source: string): Diagnostic {
  const span = spanOf(finding, text, source)
  const word = quote(text.value.slice(finding.start, finding.end))
  const list = `\`storyreel models show ${model}\` lists what it draws`
  if (finding.kind === 'undrawn')
    return makeDiagnostic('model/not-drawn', `${model} reads ${word} but ${finding.why}`, span)
  if (finding.kind === 'script')
    return makeDiagnostic('model/unknown-word', `${model} reads English only, not ${word}`, span, {
      hints: [list],
    })
  const { nearest, isSlip } = finding
  const message = `${model} does not know ${word}`
  if (nearest === null)
    return makeDiagnostic('model/unknown-word', message, span, { hints: [`it is left out; ${list}`] })
  return makeDiagnostic('model/unknown-word', `${message}; nearest: ${quote(nearest)}`, span, {
    hints: [isSlip ? `did you mean ${quote(nearest)}?` : `write ${quote(nearest)}; ${list}`],
    fix: isSlip ? { span, text: nearest } : null,
  })
}

/** The n-th of equal words in the value is the n-th in the file; the whole text when escapes hide it. */
function spanOf({ start, end }: Finding, { value, span }: Located<string>, source: string): Span {
  // A line break of the file may stand for a blank of the value.
  const words = value.slice(start, end).split(/\s+/)
  const pattern = new RegExp(
    words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'),
    'gi',
  )
  const before = [...value.matchAll(pattern)].filter((match) => match.index < start).length
  const found = [...source.slice(span.start, span.end).matchAll(pattern)][before]
  if (found === undefined) return span
  return { file: span.file, start: span.start + found.index, end: span.start + found.index + found[0].length }
}
