// Digests of single files, remembered in the cache between runs.

import { basename, dirname, join } from 'node:path'
import type { Host } from '../host/host.js'
import { digestFiles, type RememberedDigests } from '../models/digest.js'
import type { Store } from '../store/store.js'
import type { OnnxGraph } from '../weights/onnx-graph.js'

/** The record that films keep the digests of models in. */
const RECORD = 'model-digests'

/** SHA-256 of files, each read once as long as it doesn't change. */
export type FileDigests = { of(path: string): Promise<string>; save(): Promise<void> }

export async function openFileDigests(host: Host, store: Store): Promise<FileDigests> {
  const remembered: RememberedDigests = { ...((await store.readRecord(RECORD)) as object | null) }
  let isNew = false
  return {
    async of(path) {
      const { record, changed } = await digestFiles(dirname(path), [basename(path)], host, remembered)
      Object.assign(remembered, record)
      isNew ||= changed
      return record[path]!.sha256
    },
    // A cache that can't be written only costs the time of reading the files again.
    save: async () => (isNew ? store.writeRecord(RECORD, remembered).catch(() => {}) : undefined),
  }
}

/** Of the graph's file and those that its weights lie in. */
export async function graphDigests({ path, files }: OnnxGraph, digests: FileDigests): Promise<string[]> {
  const folder = dirname(path)
  const found: string[] = []
  for (const file of [path, ...files.map(({ location }) => join(folder, location)).sort()])
    found.push(await digests.of(file))
  return found
}
