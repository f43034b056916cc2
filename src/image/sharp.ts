// The one door to sharp. It is loaded on first use: its native library costs more than the rest of the start-up.

type Sharp = typeof import('sharp').default

let loading: Promise<Sharp> | undefined

/** sharp, with its caches off (memory must not grow with the film) and one thread an operation. */
export function loadSharp(): Promise<Sharp> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false)
    sharp.concurrency(1)
    return sharp
  })
  return loading
}
