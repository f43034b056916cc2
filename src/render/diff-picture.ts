// Shots before and after side by side, for a reviewer: a row for each, with what changed above it.

import { renderLabel } from '../camera/title.js'
import type { ShotChange } from '../graph/compare.js'
import type { PictureNode, Size } from '../graph/node.js'
import type { PlannedShot } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import { decodePicture, encodePng, type Picture, resizePicture } from '../image/picture.js'
import type { Store } from '../store/store.js'

const WIDTH = 320
const LABEL_HEIGHT = 40
const GAP = 8
const GROUND = 24

/** The picture that a shot of a change is shown by: the first that is new to it, so that a walk shows where it differs. */
export function shownPictures({ before, after }: ShotChange): {
  before: PictureNode | null
  after: PictureNode | null
} {
  const known = new Set(before?.pictures.map((node) => node.key))
  const at = Math.max(0, after?.pictures.findIndex((node) => !known.has(node.key)) ?? 0)
  const pick = (shot: PlannedShot | null) => shot?.pictures[Math.min(at, shot.pictures.length - 1)] ?? null
  return { before: pick(before), after: pick(after) }
}

/** A PNG file. Pictures that are not in the store stay empty; `size` is the film's. */
export async function drawChanges(
  changes: readonly { change: ShotChange; label: string }[],
  size: Size,
  store: Store,
  host: Host,
): Promise<Uint8Array> {
  const height = Math.round((WIDTH * size.height) / size.width)
  const row = LABEL_HEIGHT + height + GAP
  const width = 2 * WIDTH + 3 * GAP
  const sheet: Picture = { width, height: changes.length * row + GAP, data: new Uint8Array(0) }
  sheet.data = new Uint8Array(sheet.width * sheet.height * 3).fill(GROUND)
  for (const [i, { change, label }] of changes.entries()) {
    const top = GAP + i * row
    paste(sheet, await renderLabel(label, { width: width - 2 * GAP, height: LABEL_HEIGHT }), GAP, top)
    const shown = shownPictures(change)
    for (const [side, node] of [shown.before, shown.after].entries()) {
      const found = node && (await store.get(node.key))
      if (!found || typeof found === 'string') continue
      const picture = await decodePicture(await host.readFile(found.path))
      const fitted = await resizePicture(picture, WIDTH, height, 'cover')
      paste(sheet, fitted, GAP + side * (WIDTH + GAP), top + LABEL_HEIGHT)
    }
  }
  return encodePng(sheet)
}

/** Inside the sheet. */
function paste(sheet: Picture, { width, height, data }: Picture, left: number, top: number): void {
  for (let y = 0; y < height; y++)
    sheet.data.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * sheet.width + left) * 3)
}
