// tween: files to stdout, what became of the pairs to stderr.

import { type TweenRequest, type TweenResult, tween } from '../render/tween.js'

export async function tweenFiles(
  a: string,
  b: string | null,
  request: TweenRequest,
  signal: AbortSignal,
): Promise<void> {
  const isLive = Boolean(process.stderr.isTTY)
  const onFrame = (done: number, total: number) => isLive && process.stderr.write(`\r${done}/${total} frames`)
  const result = await tween(a, b, request, { signal, onFrame }).finally(
    () => isLive && process.stderr.write('\r\u001b[K'),
  )
  process.stderr.write(`${summary(result)}\n`)
  if (result.deviceWarning !== null) process.stderr.write(`warning: ${result.deviceWarning}\n`)
  if (result.isSilenced)
    process.stderr.write('warning: with another speed the sound of the clip is left out\n')
  for (const file of result.files) process.stdout.write(`${file}\n`)
}

const DONE = { morph: 'morphed', dissolve: 'dissolved', hold: 'held', cut: 'cut' } as const

export function summary({ pairs, frames }: Pick<TweenResult, 'pairs' | 'frames'>): string {
  const ways = (Object.keys(DONE) as (keyof typeof DONE)[]).filter((motion) => pairs[motion] > 0)
  return `${frames} frames: ${ways.map((motion) => `${pairs[motion]} ${DONE[motion]}`).join(', ')}`
}
