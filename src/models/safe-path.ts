// Names that come from outside: which of them may become a file below a folder, on any system.

/** Names that Windows keeps for devices, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i
const LONGEST_SEGMENT_BYTES = 255
const LONGEST_PATH = 1024

/**
 * Why a path of a file list leads out of the folder that it belongs to, or null. `/` separates; a backslash never does, since
 * it would on Windows.
 */
export function escapeProblem(path: string): string | null {
  if (path === '') return 'it is empty'
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'it has a control character in it'
  if (path.includes('\\')) return 'it has a backslash in it'
  if (path.startsWith('/')) return 'it is absolute'
  if (/^[a-z]:/i.test(path)) return 'it begins with a drive'
  if (path.split('/').some((segment) => segment === '..')) return 'it leads out of its folder'
  return null
}

/** Why a path can't be made on every system, or null: everything of `escapeProblem`, and names that a system reads otherwise. */
export function pathProblem(path: string): string | null {
  const leadsOut = escapeProblem(path)
  if (leadsOut !== null) return leadsOut
  if (path.length > LONGEST_PATH) return 'it is too long'
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') return 'it has an empty part'
    if (/[<>:"|?*]/.test(segment)) return 'it has a sign in it that not every system takes'
    if (/[. ]$/.test(segment)) return 'a part of it ends with a dot or a space'
    if (DEVICE.test(segment)) return 'a part of it is a reserved name'
    if (Buffer.byteLength(segment) > LONGEST_SEGMENT_BYTES) return 'a part of it is too long'
  }
  return null
}

/** Two different paths that are one file where upper and lower case, or forms of Unicode, are alike; or null. */
export function findClash(paths: Iterable<string>): [string, string] | null {
  const seen = new Map<string, string>()
  for (const path of paths) {
    const folded = path.normalize('NFC').toLowerCase().normalize('NFC')
    const other = seen.get(folded)
    if (other !== undefined) return [other, path]
    seen.set(folded, path)
  }
  return null
}

/** A name that a model can be installed under: one path segment, easy to type. */
export const isModelName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/.test(name) && pathProblem(name) === null
