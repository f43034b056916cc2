import { describe, expect, test } from 'vitest'
import { draftSteps } from '../../src/graph/draft.js'
import { type ModelFacts, makePlan, type PlanFacts } from '../../src/graph/plan.js'
import { checkScript } from '../../src/story/check.js'

const model: ModelFacts = {
  digest: 'd',
  preview: 'p',
  upscaler: null,
  sizes: [{ width: 320, height: 192 }],
  steps: 30,
  guidance: 7,
  scheduler: 'ddim',
}

function keyframe(isDraft: boolean, change: Partial<ModelFacts> = {}, head = '') {
  const facts: PlanFacts = {
    models: new Map([['storybook', { ...model, ...change }]]),
    program: 'storyreel test',
    runtime: 'r',
    device: 'cpu',
    interpolation: null,
    encoder: 'e',
    font: 'f',
  }
  const { storyboard } = checkScript(`${head}shots: [a fox]`, 'film.yaml')
  return makePlan({ ...storyboard!, isDraft }, facts).shots[0]!.pictures[0]!
}

test('steps of a draft', () => {
  expect([1, 2, 4, 5, 12, 20, 25, 50].map(draftSteps)).toEqual([1, 2, 4, 4, 4, 7, 9, 17])
})

describe('a keyframe of a draft', () => {
  test('takes the preview decoder and fewer steps, and is another picture', () => {
    expect(keyframe(true)).toMatchObject({ diffusion: { decoder: 'preview', steps: 10 } })
    expect(keyframe(false)).toMatchObject({ diffusion: { decoder: 'full', steps: 30 } })
    expect(keyframe(true, {}, 'steps: 6\n')).toMatchObject({ diffusion: { steps: 4 } })
  })

  test('depends on the preview decoder, which nothing else does', () => {
    expect(keyframe(true, { preview: 'q' }).key).not.toBe(keyframe(true).key)
    expect(keyframe(false, { preview: 'q' }).key).toBe(keyframe(false).key)
  })

  test('is the picture itself when the model has no preview and few steps', () => {
    const small = { preview: null, steps: 1 }
    expect(keyframe(true, small).key).toBe(keyframe(false, small).key)
  })
})
