// Makes nodes: each once, its inputs before it, by whoever executes them. Everything made is in the store at once, so an
// interrupted render goes on where it was.

import { Failure, interrupted } from '../diagnostic/failure.js'
import type { Node } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import type { Verdict } from '../interpolation/gate.js'
import type { Artefact } from '../store/store.js'
import { openLocalExecutor, type RenderContext } from './executor.js'
import type { Work } from './work.js'

export type Maker = {
  /** Each node is made once, its inputs before it; what is not in `work` comes from the store. */
  make(node: Node): Promise<Artefact>
  /** How pairs were judged, by node id. */
  verdicts: ReadonlyMap<string, Verdict>
}

/**
 * Runs `use` with a maker of the nodes in `work`; the first that fails stops all others. What was opened is closed when it
 * is over.
 * @throws Failure: exit 3 for the environment, 4 when a node can't be made, 130 when `context.signal` aborts.
 */
export async function withMaker<T>(
  plan: Plan,
  work: Work,
  output: string,
  context: RenderContext,
  use: (maker: Maker) => Promise<T>,
): Promise<T> {
  const first = new AbortController()
  const signal = AbortSignal.any([context.signal, first.signal])
  const executor = openLocalExecutor(plan, work, output, context, signal)
  const making = new Map<string, Promise<Artefact>>()

  const make = (node: Node): Promise<Artefact> => {
    const known = making.get(node.key)
    if (known) return known
    const promise = work.has(node.key) ? executor.execute(node, make) : fetchOld(node)
    making.set(node.key, promise)
    promise.catch((error) => first.abort(error))
    return promise
  }
  // What `findWork` saw in the store may have been evicted by another process since.
  const fetchOld = async (node: Node): Promise<Artefact> => {
    const found = await context.store.get(node.key)
    return typeof found === 'string' ? executor.execute(node, make) : found
  }

  try {
    return await use({ make, verdicts: executor.verdicts })
  } catch (error) {
    first.abort(error)
    throw context.signal.aborted
      ? interrupted()
      : first.signal.reason instanceof Failure
        ? first.signal.reason
        : error
  } finally {
    await Promise.allSettled(making.values())
    await executor.close()
  }
}
