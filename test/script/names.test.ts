import { expect, test } from 'vitest'
import { ALL_SCHEDULER_NAMES, schedulerNamed } from '../../src/diffusion/scheduler.js'
import { parseScheduler, SCHEDULERS } from '../../src/script/names.js'

test('the schedulers of the language are those that there are', () => {
  for (const name of SCHEDULERS) expect([name, schedulerNamed(name)]).not.toContain(null)
  for (const name of ALL_SCHEDULER_NAMES) expect(parseScheduler(name)).toEqual({ value: name })
})

test('a name may be in other capitals', () => {
  expect(parseScheduler('Euler')).toEqual({ value: 'euler' })
  expect(parseScheduler('ddimscheduler')).toEqual({ value: 'DDIMScheduler' })
})
