// Plans of scripts, with made-up facts about the world.

import { expect } from 'vitest'
import { makePlan } from '../../src/graph/plan.js'
import type { PlanFacts } from '../../src/graph/plan-facts.js'
import { checkScript } from '../../src/story/check.js'

export const facts: PlanFacts = {
  models: new Map([
    [
      'storybook',
      {
        digest: 'd1',
        preview: null,
        upscaler: null,
        sizes: [
          { width: 320, height: 192 },
          { width: 256, height: 256 },
        ],
        steps: 2,
        guidance: 1,
        scheduler: 'ddim',
      },
    ],
  ]),
  program: 'storyreel test',
  runtime: 'runtime 1',
  device: 'cpu',
  interpolation: null,
  encoder: 'ffmpeg 1',
  font: 'font 1',
}

export function planOf(text: string, more: Partial<PlanFacts> = {}) {
  const { storyboard, diagnostics } = checkScript(text, 'film.yaml')
  expect(diagnostics).toEqual([])
  return makePlan(storyboard!, { ...facts, ...more })
}
