// What a licence allows, as far as its name says.

import { printable } from '../diagnostic/make.js'

/** Whether the name of a licence says that it is not for commercial use. */
export const isNonCommercial = (licence: string): boolean =>
  /non-?commercial|(?:^|[-_ ])nc(?:[-_ ]|$)|research/i.test(licence)

/** For one line: the name, and aloud what it does not allow. */
export function formatLicence(licence: string | null): string {
  if (licence === null) return 'not stated: ask the author before you use the model'
  return `${printable(licence)}${isNonCommercial(licence) ? ', NOT for commercial use' : ''}`
}
