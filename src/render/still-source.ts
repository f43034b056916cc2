// The picture that a still is painted from, read from its files.

import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { fileFailure, usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { decodePicture, type Picture } from '../image/picture.js'
import type { Model, Size } from '../models/model.js'
import { type SourceRequest, sourceProblem } from './painter-source.js'
import { TILED_ABOVE } from './painter-vae.js'

/** What diffusers' pipelines take when nobody says, for all of a picture and for a part of it. */
const USUAL_STRENGTH = 0.8
const USUAL_MASKED_STRENGTH = 1

/** Pictures up to this many times as big as what the model was trained on are painted at their own size. */
const LARGEST_GROWTH = 4

/** Shapes that are further apart are of two different pictures. */
const SAME_SHAPE = 0.02

export type SourceFlags = { image?: string; mask?: string | undefined; strength?: number }

/** A file's path as it was given, and the SHA-256 of its bytes. */
export type NamedFile = { path: string; sha256: string }

export type StillSource = SourceRequest & { image: NamedFile; maskFile: NamedFile | null }

/**
 * Null when no picture is asked for. Fails with exit 2 for flags that contradict each other, 3 for a file that isn't there, 4 for
 * one that is no picture.
 */
export async function readSource(
  { image, mask, strength }: SourceFlags,
  host: Host,
): Promise<StillSource | null> {
  if (image === undefined) {
    if (mask !== undefined) throw usageFailure('--mask needs a picture', 'say which with --image FILE')
    if (strength !== undefined)
      throw usageFailure('--strength needs a picture', 'say which with --image FILE')
    return null
  }
  const picture = await readPicture(image, host)
  const part = mask === undefined ? null : await readPicture(mask, host)
  if (part !== null) checkShape(image, picture, mask!, part)
  return {
    picture,
    mask: part,
    strength: strength ?? (part === null ? USUAL_STRENGTH : USUAL_MASKED_STRENGTH),
    image: { path: image, sha256: picture.sha256 },
    maskFile: part && { path: mask!, sha256: part.sha256 },
  }
}

/** Fails (exit 2) when the model can't paint so. */
export function checkSource(
  model: Model,
  request: { source: StillSource | null; steps: number; scheduler: string },
): void {
  const problem = sourceProblem(model, request)
  if (problem !== null) throw usageFailure(problem.message, problem.hint)
}

/**
 * The picture's own size, or for big ones as many pixels as the model's own, in its shape; sides are rounded down to what the
 * model can paint.
 */
export function sizeOfSource({ width, height }: Size, model: Pick<Model, 'sizes' | 'sideStep'>): Size {
  const native = model.sizes[0]!.width * model.sizes[0]!.height
  const most = Math.max(native, Math.min(LARGEST_GROWTH * native, TILED_ABOVE))
  const shrink = width * height > most ? Math.sqrt(native / (width * height)) : 1
  const side = (length: number) =>
    Math.max(model.sideStep, Math.floor((length * shrink) / model.sideStep) * model.sideStep)
  return { width: side(width), height: side(height) }
}

/** With the SHA-256 of the file. Fails with exit 3 for a file that isn't there, 4 for one that is no picture. */
export async function readPicture(path: string, host: Host): Promise<Picture & { sha256: string }> {
  const bytes = await host.readFile(resolve(host.cwd, path)).catch((error) => {
    throw fileFailure(error, `can't read the picture ${path}`)
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { ...(await decodePicture(bytes, path)), sha256 }
}

function checkShape(image: string, picture: Size, mask: string, part: Size): void {
  const ratio = (picture.width * part.height) / (picture.height * part.width)
  if (Math.abs(Math.log(ratio)) <= SAME_SHAPE) return
  throw usageFailure(
    `the mask ${mask} has ${part.width}x${part.height} pixels, the picture ${image} ${picture.width}x${picture.height}`,
    'they may differ in size, but not in shape',
  )
}
