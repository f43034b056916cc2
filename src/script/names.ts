// Names that a script may choose among.

import type { DiagnosticCode } from '../diagnostic/codes.js'
import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Parsed } from './reader.js'

/** As diffusion/ has them, with the names of their classes in diffusers. */
export const SCHEDULERS = [
  'ddim',
  'euler',
  'dpmpp-2m',
  'DDIMScheduler',
  'EulerDiscreteScheduler',
  'DPMSolverMultistepScheduler',
] as const

export const INTERPOLATIONS = ['blend'] as const

export const parseScheduler = (text: string): Parsed<string> =>
  choose(text, SCHEDULERS, 'value/scheduler', 'a scheduler')

export const parseInterpolation = (text: string): Parsed<string> =>
  choose(text, INTERPOLATIONS, 'value/interpolation', 'an interpolation model')

function choose(text: string, names: readonly string[], code: DiagnosticCode, what: string): Parsed<string> {
  const name = names.find((known) => known.toLowerCase() === text.toLowerCase())
  if (name !== undefined) return { value: name }
  const problem = `${quote(text)} is not ${what}`
  const near = nearest(text, names)
  if (near !== null) return { problem, code, hints: [`did you mean ${quote(near)}?`], replacement: near }
  return { problem, code, hints: [`it can be: ${names.join(', ')}`] }
}
