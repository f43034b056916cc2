// From a name or path of a small model, a graph and what belongs to it, to its folder.

import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Host } from '../host/host.js'

/** What kind of model is looked for. */
export type GraphKind = {
  /** Such as `depth model`, for messages. */
  what: string
  /** The name of what needs no model, which is listed too. */
  none: string
  /** What a path can be. */
  hint: string
  /** The graph of a folder that is such a model; null for any other folder. `isNamed` where a path says that it is one. */
  graphIn(folder: string, host: Host, isNamed: boolean): Promise<string | null>
}

export type FoundGraph = { folder: string; graph: string }

/**
 * A name is looked up in the folders (first match wins); anything with a slash, or starting with a dot, is the path of a
 * folder or of a graph file, relative to the host's working folder. Fails (exit 3) with the names there are.
 */
export async function findGraph(
  kind: GraphKind,
  nameOrPath: string,
  host: Host,
  folders: readonly string[],
): Promise<FoundGraph> {
  if (/[\\/]|^\.|\.onnx$/i.test(nameOrPath) || isAbsolute(nameOrPath)) {
    const path = resolve(host.cwd, nameOrPath)
    if ((await host.stat(path))?.isFile) return { folder: dirname(path), graph: basename(path) }
    const graph = await kind.graphIn(path, host, true)
    if (graph !== null) return { folder: path, graph }
    throw environmentFailure(`no ${kind.what} at ${nameOrPath}`, kind.hint)
  }
  for (const parent of folders) {
    const folder = join(parent, nameOrPath)
    const graph = await kind.graphIn(folder, host, false)
    if (graph !== null) return { folder, graph }
  }
  const names = await listGraphs(kind, host, folders)
  const close = nearest(nameOrPath, names)
  throw environmentFailure(
    `there is no ${kind.what} called ${JSON.stringify(nameOrPath)}`,
    close === null ? `there are: ${names.join(', ')}` : `did you mean ${close}?`,
  )
}

/** Names of all there are in the folders, and of none; sorted. */
export async function listGraphs(kind: GraphKind, host: Host, folders: readonly string[]): Promise<string[]> {
  const names = new Set<string>([kind.none])
  for (const folder of folders) {
    if (!(await host.stat(folder))?.isDirectory) continue
    for (const name of await host.list(folder))
      if ((await kind.graphIn(join(folder, name), host, false)) !== null) names.add(name)
  }
  return [...names].sort()
}

/** Names in `folder` of a graph and of its weights in files of their own, which are named after it; the graph first. */
export async function withWeights(folder: string, graph: string, host: Host): Promise<string[]> {
  const sub = dirname(graph)
  const beside = (await host.list(join(folder, sub))).map((file) => (sub === '.' ? file : `${sub}/${file}`))
  return [graph, ...beside.filter((file) => file !== graph && file.startsWith(graph)).sort()]
}
