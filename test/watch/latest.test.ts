import { expect, test } from 'vitest'
import { createLatest } from '../../src/watch/latest.js'

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

function log() {
  const told: string[] = []
  const latest = createLatest({
    onStopped: () => told.push('stopped'),
    onFailed: (error) => told.push(`failed: ${(error as Error).message}`),
  })
  return { told, latest }
}

test('a new job starts when the one before has ended', async () => {
  const { told, latest } = log()
  latest.start(async (signal) => {
    await untilAborted(signal).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 20))
    told.push('first over')
  })
  await Promise.resolve()
  const second = new Promise<void>((resolve) =>
    latest.start(async () => {
      told.push('second')
      resolve()
    }),
  )
  await second
  expect(told).toEqual(['first over', 'stopped', 'second'])
})

test('of many jobs that wait, only the last one runs', async () => {
  const { told, latest } = log()
  latest.start((signal) => untilAborted(signal))
  await Promise.resolve()
  for (let i = 0; i < 50; i++) latest.start(async () => void told.push(`job ${i}`))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(told.filter((t) => t.startsWith('job'))).toEqual(['job 49'])
  expect(latest.isRunning).toBe(false)
})

test('tells a failure, but not that of a job that was stopped', async () => {
  const { told, latest } = log()
  latest.start(async () => {
    throw new Error('no')
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  latest.start((signal) => untilAborted(signal))
  await Promise.resolve()
  await latest.stop()
  expect(told).toEqual(['failed: no', 'stopped'])
})
