// The studio that the flags ask for.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StudioOptions, studio } from '../index.js'
import type { Studio } from '../render/studio.js'
import type { StudioFlags } from './options.js'

/** Runs `use` with a studio; with --no-cache its cache is a folder that is gone afterwards. */
export async function withStudio<T>(
  flags: Partial<StudioFlags>,
  use: (studio: Studio) => Promise<T>,
): Promise<T> {
  return withStudioOptions(flags, (options) => use(studio(options)))
}

/** The same for what opens its studio itself. */
export async function withStudioOptions<T>(
  flags: Partial<StudioFlags>,
  use: (options: StudioOptions) => Promise<T>,
): Promise<T> {
  const { device = 'auto', safety = true } = flags
  if (flags.cache !== false)
    return use({ device, safety, ...(flags.cacheDir ? { cacheFolder: flags.cacheDir } : {}) })
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-'))
  try {
    return await use({ device, safety, cacheFolder: folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
