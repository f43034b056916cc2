// Scripts with the cursor written into them, as ‸.

import { analyse } from '../../src/language/analysis.js'

export const CURSOR = '‸'

export function withCursor(marked: string) {
  const offset = marked.indexOf(CURSOR)
  if (offset < 0) throw new Error('where is the cursor?')
  const text = marked.replace(CURSOR, '')
  return { text, offset, analysis: analyse(text, 'story.yaml') }
}

export const FILM = `title: The Fox
cast:
  TOM:
    born: 1950
    looks:
      8: a boy with red hair
      30: a man with red hair in a blue coat
    outfits:
      storm: in a yellow raincoat
  OLD FOX: an orange fox
places:
  HARBOUR: a village by the sea
scenes:
  - scene: EXT. HARBOUR - DAWN
    year: 1969
    shots:
      - TOM stands on the left, OLD FOX on the right
      - prompt: close-up of TOM@8@storm
        camera: push in
  - scene: INT. STUDY - NIGHT
    place: HARBOUR
    year: 1980
    shots:
      - walk:
          - TOM
          - TOM@30
        duration: 4s
`
