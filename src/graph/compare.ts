// Two plans shot by shot: what a reviewer of a changed script wants to know. Pure.

import { manifestChanges } from './explain.js'
import type { Manifest } from './node.js'
import type { Plan, PlannedShot } from './plan.js'

/** `reasons` are phrases such as `prompt changed: "a" → "b"`. */
export type ShotChange =
  | { change: 'added'; before: null; after: PlannedShot; reasons: [] }
  | { change: 'removed'; before: PlannedShot; after: null; reasons: [] }
  | { change: 'moved'; before: PlannedShot; after: PlannedShot; reasons: [] }
  | { change: 'changed'; before: PlannedShot; after: PlannedShot; reasons: string[] }

/** In the order of the new film, with removed shots where they were. Shots that are the same in both are left out. */
export function comparePlans(before: Plan, after: Plan): ShotChange[] {
  const old = before.shots.map(entryOf)
  const now = after.shots.map(entryOf)
  const changes: ShotChange[] = []
  let i = 0
  let k = 0
  const passOver = (oldEnd: number, nowEnd: number) => {
    for (; i < oldEnd; i++)
      changes.push({ change: 'removed', before: old[i]!.shot, after: null, reasons: [] })
    for (; k < nowEnd; k++) changes.push({ change: 'added', before: null, after: now[k]!.shot, reasons: [] })
  }
  for (const [oldAt, nowAt] of align(old, now)) {
    passOver(oldAt, nowAt)
    const [from, to] = [old[i++]!, now[k++]!]
    if (from.content === to.content) continue
    const reasons = reasonsOf(from.shot, to.shot)
    changes.push({ change: 'changed', before: from.shot, after: to.shot, reasons })
  }
  passOver(old.length, now.length)
  return withMoves(changes)
}

type Entry = { shot: PlannedShot; content: string; words: ReadonlySet<string> }

const entryOf = (shot: PlannedShot): Entry => ({
  shot,
  content: contentOf(shot),
  words: new Set(shot.shot.text.toLowerCase().match(/[\p{L}\p{N}@]+/gu)),
})

/** All that is seen in a shot, whatever its number and its neighbours. */
function contentOf({ shot, pictures, inbetweens, segment }: PlannedShot): string {
  const keys = [...pictures, ...inbetweens].map((node) => node.key)
  return JSON.stringify([
    keys,
    segment.take.upscaler,
    shot.camera,
    shot.frames,
    shot.transition,
    shot.caption,
    shot.fit,
    shot.look,
  ])
}

/** What a changed shot counts beside one that stayed, at most. */
const CHANGED = 0.8
/** Words in common, of all words of both, from which on two shots are one shot that was changed. */
const ALIKE = 0.3
/** Beyond this many pairs only ids tell changed shots. */
const MOST_PAIRS = 1_000_000

/**
 * Pairs of indexes that belong together, in order: the alignment with the largest sum of likenesses (Needleman and Wunsch,
 * 1970, without a cost of gaps). What both ends have in common is trimmed first, since most edits are small.
 */
function align(a: readonly Entry[], b: readonly Entry[]): (readonly [number, number])[] {
  const isSame = (i: number, k: number) => a[i]!.content === b[k]!.content
  let head = 0
  while (head < a.length && head < b.length && isSame(head, head)) head++
  let tail = 0
  const shorter = Math.min(a.length, b.length)
  while (tail < shorter - head && isSame(a.length - 1 - tail, b.length - 1 - tail)) tail++
  const rows = a.length - head - tail
  const columns = b.length - head - tail
  const readsWords = rows * columns <= MOST_PAIRS
  const likeness = (i: number, k: number) => likenessOf(a[head + i]!, b[head + k]!, readsWords)
  const best = Array.from({ length: rows + 1 }, () => new Float32Array(columns + 1))
  for (let i = rows - 1; i >= 0; i--)
    for (let k = columns - 1; k >= 0; k--)
      best[i]![k] = Math.max(best[i + 1]![k]!, best[i]![k + 1]!, best[i + 1]![k + 1]! + likeness(i, k))
  const pairs: [number, number][] = Array.from({ length: head }, (_, i) => [i, i])
  for (let i = 0, k = 0; i < rows && k < columns; ) {
    if (best[i]![k] === best[i + 1]![k]) i++
    else if (best[i]![k] === best[i]![k + 1]) k++
    else pairs.push([head + i++, head + k++])
  }
  for (let t = tail; t > 0; t--) pairs.push([a.length - t, b.length - t])
  return pairs
}

/** 1 for the same, less for a changed shot, 0 for another one. Numbers move with what is added, so they tell nothing. */
function likenessOf(a: Entry, b: Entry, readsWords: boolean): number {
  if (a.content === b.content) return 1
  const { id, take } = a.shot.shot
  if (id === b.shot.shot.id && !/^\d+\.\d+$/.test(id)) return CHANGED
  if (!readsWords || take.kind !== b.shot.shot.take.kind) return 0
  let common = 0
  for (const word of a.words) if (b.words.has(word)) common++
  const alike = common / Math.max(1, a.words.size + b.words.size - common)
  return alike < ALIKE ? 0 : alike * CHANGED
}

function reasonsOf(before: PlannedShot, after: PlannedShot): string[] {
  const nodes = after.pictures.flatMap((node, i) => {
    const old = before.pictures[i]
    return old ? manifestChanges(old.manifest, node.manifest) : []
  })
  const own = (manifest: Manifest) =>
    manifest.filter(([name]) => /^(camera|length|transition in|caption|fit|look)$/.test(name))
  const seen = manifestChanges(own(before.segment.manifest), own(after.segment.manifest))
  return [...new Set([...nodes, ...seen])]
}

/** What was taken out in one place and put in, unchanged, in another. */
function withMoves(changes: readonly ShotChange[]): ShotChange[] {
  const removed = changes.filter((each) => each.change === 'removed')
  const moved = new Set<ShotChange>()
  const result = changes.map((each): ShotChange => {
    if (each.change !== 'added') return each
    const content = contentOf(each.after)
    const from = removed.find((other) => !moved.has(other) && contentOf(other.before) === content)
    if (!from) return each
    moved.add(from)
    return { change: 'moved', before: from.before, after: each.after, reasons: [] }
  })
  return result.filter((each) => !moved.has(each))
}
