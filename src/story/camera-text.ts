import { STILL } from '../script/camera.js'
import type { Shot } from './types.js'

/** The whole camera in a few words, the same for the same one: for keys and for people. */
export function cameraText({ zoom, pan, tilt, roll, ease, shake, seed, parallax }: Shot['camera']): string {
  const moves = { zoom, pan, tilt, roll }
  const rest: Record<string, number> = { zoom: 1, pan: 0, tilt: 0, roll: 0 }
  const told = Object.entries(moves).flatMap(([name, [from, to]]) => {
    if (from !== to) return [`${name} ${from} to ${to}`]
    return from === rest[name] ? [] : [`${name} ${from}`]
  })
  const isMoving = Object.values(moves).some(([from, to]) => from !== to)
  if (isMoving && ease !== STILL.ease) told.push(ease === 'linear' ? ease : `ease ${ease}`)
  if (shake > 0) told.push(`shake ${shake} by seed ${seed}`)
  if (parallax > 0) told.push(`parallax ${parallax}`)
  return told.length === 0 ? 'hold' : told.join(', ')
}
