// The sidecar of a film: FILM.json beside FILM.mp4.

import { resolve } from 'node:path'
import { fileFailure } from '../diagnostic/failure.js'
import type { Plan } from '../graph/plan.js'
import { findInterpolation } from '../models/find-interpolation.js'
import { readLicence } from '../models/licence.js'
import { modelsFolder } from '../models/models-folder.js'
import { findFlagged } from '../render/flagged.js'
import { paintedSteps } from '../render/painted-steps.js'
import { sidecarOf } from '../render/sidecar.js'
import type { Studio } from '../render/studio.js'

/** @returns the file's path. */
export async function writeSidecar(film: Plan, output: string, studio: Studio): Promise<string> {
  const { host, store } = studio
  const licences = new Map<string, string | null>()
  for (const name of film.facts.models.keys())
    licences.set(name, await readLicence((await studio.model(name)).path, host))
  const { interpolation } = film.storyboard
  const between = await findInterpolation(interpolation, host, [modelsFolder(host)])
  if (between !== null) licences.set(interpolation, await readLicence(between.folder, host))
  const [flagged, steps] = [await findFlagged(film, store, host), await paintedSteps(film, store, host)]
  const record = sidecarOf(film, output, licences, flagged, steps)
  const path = resolve(`${output.replace(/\.mp4$/i, '')}.json`)
  await host.writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`).catch((error) => {
    throw fileFailure(error, `can't write ${path}`)
  })
  return path
}
