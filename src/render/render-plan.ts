// Runs a plan: shots in film order, those asked for first before the others; the join ends it.

import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { type History, historyOf } from '../graph/explain.js'
import type { PictureNode } from '../graph/node.js'
import { nodesOfShot, type Plan, type PlannedShot } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import type { Verdict } from '../interpolation/gate.js'
import { BLEND } from '../models/find-interpolation.js'
import type { RenderDone } from './events.js'
import type { RenderContext } from './executor.js'
import { findFlagged, flaggedWarnings } from './flagged.js'
import { withMaker } from './maker.js'
import { writeSubtitles } from './subtitle-files.js'
import { dissolveWarnings, matchWarning } from './verdict-words.js'
import { countKinds, findWork, framesOf, nodesOf } from './work.js'

/**
 * Makes what is not there yet and joins the film to `output`, which is replaced only when the new film is whole. Shots
 * that `first` names by id are made before the others.
 * @throws Failure: exit 3 for the environment, 4 when a node can't be made, 130 when `signal` aborts.
 */
export async function renderPlan(
  plan: Plan,
  output: string,
  context: RenderContext,
  first: readonly string[] = [],
): Promise<RenderDone> {
  const { host, store, onEvent } = context
  await checkOutput(output, host)
  context.signal.throwIfAborted()
  const startedMs = host.now()
  const historyName = historyNameOf(plan)
  const history = ((await store.readRecord(historyName)) ?? {}) as History
  const work = await findWork(plan, output, store, host, history)
  const toMake = [...work.values()].map((w) => w.node)
  onEvent({
    event: 'plan',
    output,
    shots: plan.shots.length,
    frames: plan.movie.frames,
    toRender: countKinds(toMake),
    toEncode: framesOf(work, 'segment'),
    toInterpolate: framesOf(work, 'inbetween'),
  })

  const verdicts = await withMaker(plan, work, output, context, async (maker) => {
    // All asked for at once, so that the painter is never idle while segments wait for one another.
    const { mix } = plan.movie
    if (mix !== null && work.has(mix.key)) maker.make(mix).catch(() => {})
    for (const shot of withFirst(plan.shots, first)) {
      for (const node of nodesOfShot(shot)) {
        // A spacing waits for the keyframes that ask for it, or all walks would be measured before anything is painted.
        if (node.kind !== 'spacing' && work.has(node.key)) maker.make(node).catch(() => {})
      }
    }
    if (work.has(plan.movie.key)) await maker.make(plan.movie)
    return maker.verdicts
  })

  await writeSubtitles(plan, output, host)
  // Also of what was painted before: a black picture in a film must never look like an accident.
  const blackened = flaggedWarnings(plan, await findFlagged(plan, store, host))
  for (const message of [...verdictWarnings(plan, verdicts), ...blackened])
    onEvent({ event: 'warning', message })
  // A cache that can only be read is as good as another one where nothing had to be made.
  const remembering = store.writeRecord(historyName, historyOf(plan))
  await (work.size > 0 ? remembering : remembering.catch(() => {}))
  if (work.size > 0) await store.evict()
  const reused = [...nodesOf(plan).values()].filter((n) => !work.has(n.key))
  const { num, den } = plan.storyboard.fps
  const done: RenderDone = {
    event: 'done',
    output,
    frames: plan.movie.frames,
    seconds: (plan.movie.frames * den) / num,
    elapsedMs: Math.round(host.now() - startedMs),
    nodes: { rendered: countKinds(toMake), reused: countKinds(reused) },
  }
  onEvent(done)
  return done
}

/**
 * Makes pictures of a plan, in the given order, and no film.
 * @throws Failure as `renderPlan` does.
 */
export async function paintPictures(
  plan: Plan,
  pictures: readonly PictureNode[],
  context: RenderContext,
): Promise<void> {
  const work = new Map<string, { node: PictureNode; reason: string }>()
  for (const node of pictures) {
    if (typeof (await context.store.get(node.key)) === 'string') work.set(node.key, { node, reason: 'draft' })
  }
  await withMaker(plan, work, '', context, ({ make }) =>
    Promise.all([...work.values()].map((w) => make(w.node))),
  )
}

function withFirst(shots: readonly PlannedShot[], first: readonly string[]): PlannedShot[] {
  const rank = new Map(first.map((id, i) => [id, i]))
  const rankOf = ({ shot }: PlannedShot) => rank.get(shot.id) ?? first.length
  return shots.toSorted((a, b) => rankOf(a) - rankOf(b))
}

/** Before any work: a film that can't be put in place would be painted for nothing. */
async function checkOutput(output: string, host: Host): Promise<void> {
  const folder = dirname(output)
  if (!(await host.stat(folder))?.isDirectory) {
    throw environmentFailure(
      `can't write ${output}: there is no folder ${folder}`,
      'make the folder, or choose another -o',
    )
  }
  if ((await host.stat(output))?.isDirectory) {
    throw environmentFailure(`can't write ${output}: it is a folder`, 'give a file name with -o')
  }
}

/** Where pairs that were judged now dissolve although a model could have morphed them. */
function verdictWarnings({ shots, storyboard }: Plan, verdicts: ReadonlyMap<string, Verdict>): string[] {
  if (storyboard.interpolation === BLEND) return []
  return shots.flatMap(({ shot, inbetweens, across }) => {
    const judged = inbetweens.flatMap((node) => verdicts.get(node.id) ?? [])
    const cut = across && verdicts.get(across.inbetween.id)
    return [
      ...dissolveWarnings(storyboard.file, shot, judged),
      ...((cut && [matchWarning(storyboard.file, shot, cut)]) ?? []),
    ].flatMap((warning) => warning ?? [])
  })
}

/** Histories are told apart by the script's path. */
export function historyNameOf(plan: Plan): string {
  return `history-${createHash('sha256').update(plan.storyboard.file).digest('hex').slice(0, 24)}`
}
