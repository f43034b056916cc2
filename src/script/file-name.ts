// Files that a script names.

import { dirname, isAbsolute, join } from 'node:path'

/** The name of a file that another one speaks of: relative to that one's folder. */
export const nameFrom = (path: string, from: string): string =>
  isAbsolute(path) ? path : join(dirname(from), path)
