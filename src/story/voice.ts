// Whose voice speaks: as the script says, else as somebody looks.

import { createHash } from 'node:crypto'
import type { CastMember, Manner, Speaker, VoiceWords } from '../script/types.js'
import type { Voice } from './types.js'

/** The two recorded voices, and how far each speaker is from one of them. */
const SPEAKERS: Record<Speaker, Voice> = {
  man: { base: 'man', pitch: 1, size: 1, rate: 1 },
  woman: { base: 'woman', pitch: 1, size: 1, rate: 1 },
  boy: { base: 'woman', pitch: 1.1, size: 1.13, rate: 1 },
  girl: { base: 'woman', pitch: 1.25, size: 1.15, rate: 1 },
  child: { base: 'woman', pitch: 1.2, size: 1.2, rate: 0.95 },
}

const MANNERS: Record<Manner, Omit<Voice, 'base'>> = {
  old: { pitch: 0.92, size: 0.96, rate: 0.82 },
  low: { pitch: 0.85, size: 0.88, rate: 1 },
  high: { pitch: 1.15, size: 1.1, rate: 1 },
  slow: { pitch: 1, size: 1, rate: 0.8 },
  fast: { pitch: 1, size: 1, rate: 1.25 },
}

const FEMALE =
  /\b(girl|woman|women|lady|mother|mom|grandmother|granny|aunt|sister|daughter|wife|queen|princess|witch|nun|bride|waitress|actress|heroine|female)\b/i
const CHILD = /\b(child|kid|baby|toddler|boy|girl)\b/i
const OLD = /\b(old|elderly|aged|ancient|grandmother|grandfather|granny|grandpa)\b/i

/** Years from which on somebody speaks as an adult, and as the old do. */
const ADULT = 14
const AGED = 65

/** `age` is null where nothing tells it; `usual` is the voice that scene or film set. */
export function voiceOf(member: CastMember | null, age: number | null, usual: VoiceWords | null): Voice {
  const said = member?.voice?.value ?? usual
  const look = member === null ? null : lookAt(member, age)
  const speaker = said?.speaker ?? (look === null ? 'man' : speakerOf(look, age))
  const isOld = said === null || said.speaker === null ? look !== null && isAged(look, age) : false
  const manners = new Set<Manner>([...(isOld ? (['old'] as const) : []), ...(said?.manners ?? [])])
  const voice = { ...SPEAKERS[speaker] }
  for (const manner of manners) {
    voice.pitch *= MANNERS[manner].pitch
    voice.size *= MANNERS[manner].size
    voice.rate *= MANNERS[manner].rate
  }
  if (member !== null && member.voice === null) voice.size *= 1 + variation(member.name.value)
  return { ...voice, pitch: rounded(voice.pitch), size: rounded(voice.size), rate: rounded(voice.rate) }
}

/** The look whose age is nearest. */
function lookAt({ looks }: CastMember, age: number | null): string {
  const distance = (at: number | null) => Math.abs((at ?? 0) - (age ?? looks[0]!.age ?? 0))
  const nearest = looks.toSorted((a, b) => distance(a.age) - distance(b.age))[0]
  return nearest?.text.value ?? ''
}

function speakerOf(look: string, age: number | null): Speaker {
  const isFemale = FEMALE.test(look)
  const isChild = age === null ? CHILD.test(look) : age < ADULT
  if (!isChild) return isFemale ? 'woman' : 'man'
  return isFemale ? 'girl' : /\bboy\b/i.test(look) ? 'boy' : 'child'
}

const isAged = (look: string, age: number | null): boolean => (age === null ? OLD.test(look) : age >= AGED)

/** From -6 to 6 %, by the name: two men of one film do not speak with one voice. */
const variation = (name: string): number =>
  ((createHash('sha256').update(name).digest().readUInt16BE(0) / 0xffff) * 2 - 1) * 0.06

const rounded = (value: number): number => Math.round(value * 1000) / 1000
