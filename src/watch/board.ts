// A plan as its watchers see it, and which of its shots to make first. Pure.

import { type KeyframeNode, type Node, nodesOfShot, type Plan, type PlannedShot } from '../index.js'
import type { BoardShot, WatchEvent } from './events.js'

/** Nodes that must be made, by key. */
export type Outstanding = ReadonlyMap<string, Node>

export function boardOf(
  { storyboard, shots }: Plan,
  outstanding: Outstanding,
): WatchEvent & { event: 'board' } {
  return {
    event: 'board',
    title: storyboard.title,
    fps: storyboard.fps.num / storyboard.fps.den,
    frames: storyboard.frames,
    shots: shots.map(
      ({ shot, pictures, segment }): BoardShot => ({
        id: shot.id,
        scene: storyboard.scenes[shot.scene]?.name ?? '',
        line: shot.line,
        start: shot.start,
        frames: shot.frames,
        text: shot.text,
        kind: shot.take.kind,
        pictures: pictures.map(({ key }) => ({ key, isReady: !outstanding.has(key) })),
        isReady: !outstanding.has(segment.key),
      }),
    ),
  }
}

/** The shot on a line of the script (from 1); a blank line belongs to the shot above. */
export const shotOnLine = ({ shots }: Plan, line: number): PlannedShot | null =>
  shots.findLast(({ shot }) => shot.line <= line) ?? null

/**
 * Shots to make before the others, by id: the one under the cursor if there is something to make of it, then those that
 * are not as they were in the plan before.
 */
export function shotsFirst(
  plan: Plan,
  before: Plan | null,
  cursorLine: number | null,
  outstanding: Outstanding,
): string[] {
  const known = new Set(before?.shots.flatMap((planned) => nodesOfShot(planned).map((node) => node.key)))
  const isWanted = (planned: PlannedShot) => nodesOfShot(planned).some((node) => outstanding.has(node.key))
  const isNew = (planned: PlannedShot) => nodesOfShot(planned).some((node) => !known.has(node.key))
  const underCursor = cursorLine === null ? null : shotOnLine(plan, cursorLine)
  const first = [underCursor, ...(before === null ? [] : plan.shots.filter(isNew))]
  return [...new Set(first.flatMap((planned) => (planned && isWanted(planned) ? planned.shot.id : [])))]
}

/** Pictures that take longer are worth a quick look before. */
const WORTH_MS = 1_500

/**
 * Whether painting takes long enough to be worth drafts.
 * @param paces milliseconds that a final picture of a model took; an unknown model is taken for slow.
 */
export function areSlow(keyframes: readonly KeyframeNode[], paces: ReadonlyMap<string, number>): boolean {
  const ms = keyframes.reduce((sum, { diffusion }) => sum + (paces.get(diffusion.model) ?? WORTH_MS), 0)
  return ms >= WORTH_MS
}

/** Whether drafts take at most half of the steps. */
export function areQuick(drafts: readonly KeyframeNode[], keyframes: readonly KeyframeNode[]): boolean {
  const steps = (nodes: readonly KeyframeNode[]) => nodes.reduce((sum, n) => sum + n.diffusion.steps, 0)
  return drafts.length > 0 && steps(drafts) * 2 <= steps(keyframes)
}
