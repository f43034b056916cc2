// A studio for many renders: what one render opened, the next one finds open. Opening a model costs more than a picture.

import { type PainterChoice, painterChoice } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import { BLEND } from '../models/find-interpolation.js'
import { MOST_PAINTERS } from './openings.js'
import type { Studio } from './studio.js'

/** A cancelled call that a graph is busy with is waited for so long before its process is ended. */
const PATIENCE_MS = 120

/** What can be kept open. */
type Tool = { idle(): Promise<void>; close(): Promise<void> }

export type WarmStudio = Studio & {
  /** Opens what changed pictures of the plan will need, so that the first of them does not wait for it. */
  warmUp(plan: Plan): Promise<void>
  close(): Promise<void>
}

/** Lends what `studio` opens: closing it gives it back, still open. A render must be over before the next one. */
export function keepOpen(studio: Studio): WarmStudio {
  const closing = new AbortController()
  const painters = createPool(
    (choice: PainterChoice) => studio.openPainter(choice.model, closing.signal, choice),
    MOST_PAINTERS,
  )
  const upscalers = createPool((model: string) => studio.openUpscaler(model, closing.signal))
  const depthFinders = createPool((model: string) => studio.openDepthFinder(model, closing.signal))
  const inBetweeners = createPool((model: string) => studio.openInBetweener(model, closing.signal))

  return {
    ...studio,
    async openPainter(model, signal, { decoder = 'full', loras = [], embeddings = [] } = {}) {
      const choice = { model, decoder, loras, embeddings }
      const { tool, giveBack, watching } = await painters.lend([choice], signal)
      return { ...tool, paint: (request, options) => watching(tool.paint(request, options)), close: giveBack }
    },
    async openUpscaler(model, signal) {
      const { tool, giveBack, watching } = await upscalers.lend([model], signal)
      return { ...tool, upscale: (picture, abort) => watching(tool.upscale(picture, abort)), close: giveBack }
    },
    async openDepthFinder(model, signal) {
      const { tool, giveBack, watching } = await depthFinders.lend([model], signal)
      return { ...tool, find: (picture, abort) => watching(tool.find(picture, abort)), close: giveBack }
    },
    async openInBetweener(model, signal) {
      const { tool, giveBack, spoil } = await inBetweeners.lend([model], signal)
      return {
        ...tool,
        async *between(...args) {
          try {
            yield* tool.between(...args)
          } catch (error) {
            if (!signal.aborted) spoil()
            throw error
          }
        },
        close: giveBack,
      }
    },
    async warmUp({ shots, storyboard }) {
      const wanted = shots.flatMap(({ pictures }) =>
        pictures.flatMap((p) => (p.kind === 'keyframe' ? [p.diffusion] : [])),
      )
      const choices = new Map(
        wanted.map((diffusion) => [JSON.stringify(painterChoice(diffusion)), diffusion]),
      )
      for (const diffusion of [...choices.values()].slice(0, MOST_PAINTERS))
        await painters.open(painterChoice(diffusion))
      const morphs = shots.some(
        ({ inbetweens, across }) => across !== null || inbetweens.some(({ motion }) => motion !== 'dissolve'),
      )
      if (morphs && storyboard.interpolation !== BLEND) await inBetweeners.open(storyboard.interpolation)
    },
    async close() {
      closing.abort(new Error('the studio was closed'))
      await Promise.all([painters, upscalers, inBetweeners, depthFinders].map((pool) => pool.close()))
    },
  }
}

type Loan<T> = {
  tool: T
  giveBack(): Promise<void>
  /** It failed: it is closed when it is given back. */
  spoil(): void
  /** Spoils it when the call fails by itself. */
  watching<R>(call: Promise<R>): Promise<R>
}

/** What is given back while more than `most` are open is closed. */
function createPool<Names extends unknown[], T extends Tool>(
  open: (...names: Names) => Promise<T>,
  most = Number.POSITIVE_INFINITY,
) {
  const kept = new Map<string, Promise<T>>()

  const get = (names: Names): Promise<T> => {
    const key = JSON.stringify(names)
    const known = kept.get(key)
    if (known) return known
    const opening = open(...names)
    kept.set(key, opening)
    opening.catch(() => kept.delete(key))
    return opening
  }
  const discard = async (names: Names, tool: T) => {
    kept.delete(JSON.stringify(names))
    await tool.close()
  }

  return {
    open: (...names: Names) => get(names),
    /** Rejects with the signal's reason at once; what is being opened is kept for the next one. */
    async lend(names: Names, signal: AbortSignal): Promise<Loan<T>> {
      const tool = await unlessAborted(get(names), signal)
      let isSpoiled = false
      const spoil = () => {
        isSpoiled = true
      }
      return {
        tool,
        spoil,
        async watching(call) {
          try {
            return await call
          } catch (error) {
            if (!signal.aborted) spoil()
            throw error
          }
        },
        async giveBack() {
          const isOver = isSpoiled || kept.size > most
          if (isOver || !(await isIdleWithin(tool, PATIENCE_MS))) await discard(names, tool)
        },
      }
    },
    async close() {
      const tools = await Promise.allSettled(kept.values())
      await Promise.all(tools.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)))
    },
  }
}

async function isIdleWithin(tool: Tool, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  try {
    return await Promise.race([tool.idle().then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
