// Where installed models live, from the environment.

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Host } from '../host/host.js'

/** STORYREEL_MODELS_DIR, else `storyreel/models` in the platform's data folder (XDG_DATA_HOME, ~/.local/share). */
export function modelsFolder(host: Pick<Host, 'env' | 'cwd' | 'platform'>): string {
  const { STORYREEL_MODELS_DIR, XDG_DATA_HOME, LOCALAPPDATA } = host.env
  if (STORYREEL_MODELS_DIR) return resolve(host.cwd, STORYREEL_MODELS_DIR)
  if (XDG_DATA_HOME) return join(XDG_DATA_HOME, 'storyreel', 'models')
  if (host.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'storyreel', 'models')
  if (host.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'storyreel', 'models')
  return join(homedir(), '.local', 'share', 'storyreel', 'models')
}
