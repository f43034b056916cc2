// What this program calls itself, in films and in requests.

import { createRequire } from 'node:module'

/** Such as `storyreel 0.1.0`. */
export const programVersion = `storyreel ${createRequire(import.meta.url)('../../package.json').version}`
