// Names that a script may choose among.

import type { DiagnosticCode } from '../diagnostic/codes.js'
import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Parsed } from './reader.js'

/** As diffusion/ has them; behind some, another spacing of the noise levels may be named. */
const PLAIN_SCHEDULERS = ['ddim', 'pndm', 'euler-ancestral', 'lcm'] as const
const SPACED_SCHEDULERS = ['euler', 'heun', 'dpmpp-2m', 'dpmpp-2m-sde', 'dpmpp-sde', 'unipc'] as const
const SCHEDULER_NAMES: readonly string[] = [...PLAIN_SCHEDULERS, ...SPACED_SCHEDULERS]

/** All names, with the names of their classes in diffusers. */
export const SCHEDULERS: readonly string[] = [
  ...SCHEDULER_NAMES,
  ...SPACED_SCHEDULERS.flatMap((name) => [`${name}-karras`, `${name}-exponential`, `${name}-beta`]),
  'DDIMScheduler',
  'PNDMScheduler',
  'EulerDiscreteScheduler',
  'EulerAncestralDiscreteScheduler',
  'HeunDiscreteScheduler',
  'DPMSolverMultistepScheduler',
  'DPMSolverSDEScheduler',
  'UniPCMultistepScheduler',
  'LCMScheduler',
]

/** How a shot gets from one keyframe to the next. */
export const MOTIONS = ['hold', 'dissolve', 'morph', 'cut'] as const

export type Motion = (typeof MOTIONS)[number]

/** How much of somebody a picture shows, the nearest first. */
export const FRAMINGS = [
  'extreme close-up',
  'close-up',
  'medium shot',
  'wide shot',
  'establishing shot',
] as const

export type Framing = (typeof FRAMINGS)[number]

/** How a camera move gets going and comes to rest. */
export const EASES = ['linear', 'in', 'out', 'in-out'] as const

export type Ease = (typeof EASES)[number]
/** Sounds that need no file. */
export const AMBIENCES = ['rain', 'wind', 'sea', 'fire', 'night', 'birds'] as const

export type Ambience = (typeof AMBIENCES)[number]

/** How pictures of other proportions get into the film's. */
export const FITS = ['crop', 'letterbox'] as const

export type Fit = (typeof FITS)[number]

/** Colours of a flashback or a dream. */
export const LOOKS = ['none', 'sepia', 'black-and-white', 'faded', 'dream'] as const

export type FilmLook = (typeof LOOKS)[number]

export const parseScheduler = (text: string): Parsed<string> =>
  choose(text, SCHEDULERS, 'value/scheduler', 'a scheduler', SCHEDULER_NAMES)

export const parseMotion = (text: string): Parsed<Motion> => choose(text, MOTIONS, 'value/motion', 'a motion')

export const parseFit = (text: string): Parsed<Fit> => choose(text, FITS, 'value/fit', 'a way to fit')

export const parseLook = (text: string): Parsed<FilmLook> => choose(text, LOOKS, 'value/look', 'a look')

export const parseEase = (text: string): Parsed<Ease> => choose(text, EASES, 'value/camera', 'a way to ease')

export const parseFraming = (text: string): Parsed<Framing> =>
  choose(text, FRAMINGS, 'value/camera', 'a framing')

function choose<Name extends string>(
  text: string,
  names: readonly Name[],
  code: DiagnosticCode,
  what: string,
  told: readonly string[] = names,
): Parsed<Name> {
  const name = names.find((known) => known.toLowerCase() === text.toLowerCase())
  if (name !== undefined) return { value: name }
  const problem = `${quote(text)} is not ${what}`
  const near = nearest(text, names)
  if (near !== null) return { problem, code, hints: [`did you mean ${quote(near)}?`], replacement: near }
  return { problem, code, hints: [`it can be: ${told.join(', ')}`] }
}
