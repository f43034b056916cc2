// Thumbnails of the shots that are painted, in rows.

import type { Host } from '../host/host.js'
import {
  type Graphics,
  pictureFile,
  type Thumbnail,
  thumbnailRow,
  thumbnailsIn,
} from '../preview/terminal/thumbnails.js'
import type { OnWatchEvent } from '../watch/events.js'

type Painted = { shot: string; key: string }

/** Writes a row when it is full, or when nothing more is to be painted; a walk shows its first picture. */
export function openThumbnails(
  graphics: Graphics,
  host: Host,
  pictureOf: (key: string) => Promise<string | null>,
  write: (text: string) => void,
): OnWatchEvent {
  let painted: Painted[] = []
  let left = 0
  let writing = Promise.resolve()

  const flush = () => {
    const row = painted
    painted = []
    if (row.length === 0) return
    // A picture that is gone again by then, or can't be read, is no reason to stop.
    writing = writing
      .then(() => rowOf(row))
      .then(write)
      .catch(() => {})
  }
  const rowOf = async (row: readonly Painted[]): Promise<string> => {
    const thumbnails: Thumbnail[] = []
    for (const { shot, key } of row) {
      const file = await pictureOf(key)
      if (file !== null) thumbnails.push({ caption: shot, picture: await pictureFile(file, host) })
    }
    return thumbnailRow(thumbnails, graphics)
  }

  return (event) => {
    if (graphics.protocol === 'none') return
    if (event.event === 'plan') left = event.toRender.keyframe ?? 0
    if (event.event === 'end' && event.kind === 'keyframe') {
      left--
      if (event.shot !== null && event.id.endsWith(' 1')) painted.push({ shot: event.shot, key: event.key })
      if (left <= 0 || painted.length >= thumbnailsIn(process.stderr.columns ?? 80)) flush()
    }
    if (event.event === 'idle' || event.event === 'cancelled' || event.event === 'failed') flush()
  }
}
