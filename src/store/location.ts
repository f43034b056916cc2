// Where the cache lives and how large it may grow, from the environment.

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'

const GIGA = 1024 ** 3
const DEFAULT_CAP_BYTES = 8 * GIGA

/** `--cache-dir`, else STORYREEL_CACHE_DIR, else the platform's cache folder. */
export function cacheFolder(explicit: string | undefined, host: Host): string {
  const chosen = explicit ?? host.env.STORYREEL_CACHE_DIR
  if (chosen) return resolve(host.cwd, chosen)
  if (host.env.XDG_CACHE_HOME) return join(host.env.XDG_CACHE_HOME, 'storyreel')
  if (host.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'storyreel')
  if (host.platform === 'win32' && host.env.LOCALAPPDATA)
    return join(host.env.LOCALAPPDATA, 'storyreel', 'cache')
  return join(homedir(), '.cache', 'storyreel')
}

/** STORYREEL_CACHE_SIZE in bytes (`500M`, `8G`, or a bare number), else 8 GiB. */
export function cacheCapBytes(host: Host): number {
  const text = host.env.STORYREEL_CACHE_SIZE
  return text ? parseBytes(text, 'STORYREEL_CACHE_SIZE') : DEFAULT_CAP_BYTES
}

/** @throws Failure (usage) naming `what` when the text is no size. */
export function parseBytes(text: string, what: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim())
  if (!match) throw usageFailure(`${what}: '${text}' is no size`, 'write it like 500M or 8G')
  const unit = { '': 1, k: 1024, m: 1024 ** 2, g: GIGA, t: 1024 * GIGA }[match[2]!.toLowerCase()]!
  return Math.floor(Number(match[1]) * unit)
}
