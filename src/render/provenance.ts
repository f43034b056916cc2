// What a picture or a film says about itself: that it is machine-made, with what, from which script. As XMP, which IPTC's
// photo metadata standard 2025.1 uses: https://www.iptc.org/std/photometadata/specification/IPTC-PhotoMetadata

import { xmlText } from '../diagnostic/xml.js'
import { isFromPicture } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'

/** Trained on pictures, as all diffusion is: https://cv.iptc.org/newscodes/digitalsourcetype/ */
export const MACHINE_MADE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'

/** Pictures of somebody's own between which a model made others. */
export const MACHINE_ENHANCED =
  'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia'

export type Provenance = {
  /** Of the IPTC vocabulary. */
  sourceType: typeof MACHINE_MADE | typeof MACHINE_ENHANCED
  /** Name and version of the program. */
  program: string
  /** Names of the models with the digests of their files, where these are known. */
  models: readonly { name: string; digest: string | null }[]
  /** What was asked for; null when that is a whole script. */
  prompt: string | null
  /** SHA-256 of the script; null for a single picture. */
  script: string | null
}

/** Of a whole film. */
export function provenanceOf(plan: Plan): Provenance {
  const { facts, storyboard } = plan
  const models = [...facts.models].map(([name, { digest }]) => ({ name, digest }))
  const between = facts.interpolation ? [{ name: storyboard.interpolation, ...facts.interpolation }] : []
  return {
    sourceType: sourceTypeOf(plan),
    program: facts.program,
    models: [...models, ...between],
    prompt: null,
    script: storyboard.digest,
  }
}

/** A picture of somebody's own may be among those that a model made. */
export const sourceTypeOf = ({ shots }: Plan): Provenance['sourceType'] =>
  shots.some(({ pictures }) =>
    pictures.some((node) => node.kind === 'image' || (node.kind === 'keyframe' && isFromPicture(node))),
  )
    ? MACHINE_ENHANCED
    : MACHINE_MADE

const SPACES = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  dc: 'http://purl.org/dc/elements/1.1/',
  Iptc4xmpExt: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/',
}

/** An XMP packet, the same bytes for the same facts. */
export function xmpPacket({ sourceType, program, models, prompt, script }: Provenance): string {
  const properties: [name: string, value: string][] = [
    ['Iptc4xmpExt:DigitalSourceType', sourceType],
    ['Iptc4xmpExt:AISystemUsed', models.map(({ name }) => name).join(', ')],
    ...optional('Iptc4xmpExt:AISystemVersionUsed', digestsOf(models)),
    ...optional('Iptc4xmpExt:AIPromptInformation', prompt),
    ['xmp:CreatorTool', program],
    ...optional('dc:source', script && `sha256:${script}`),
  ]
  const spaces = Object.entries(SPACES).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  return [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    `<rdf:RDF${spaces[0]}>`,
    `<rdf:Description rdf:about=""${spaces.slice(1).join('')}>`,
    ...properties.map(([name, value]) => `<${name}>${xmlText(value)}</${name}>`),
    '</rdf:Description>',
    '</rdf:RDF>',
    '</x:xmpmeta>',
    '<?xpacket end="r"?>',
  ].join('\n')
}

const optional = (name: string, value: string | null): [string, string][] => (value ? [[name, value]] : [])

const digestsOf = (models: Provenance['models']): string =>
  models.flatMap(({ name, digest }) => (digest === null ? [] : [`${name} sha256:${digest}`])).join(', ')

/** The keyword under which PNG files carry XMP (XMP specification part 3, 1.1.5). */
export const PNG_XMP = 'XML:com.adobe.xmp'
