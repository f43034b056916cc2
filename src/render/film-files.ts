// The files that a film is made from, beside its models: their digests, for the keys, and whether its models can use them.

import { resolve } from 'node:path'
import { environmentFailure, Failure } from '../diagnostic/failure.js'
import type { PainterChoice } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { findLora } from '../lora/lora-file.js'
import type { Model } from '../models/model.js'
import type { Diffusion, Shot, Storyboard } from '../story/types.js'
import { checkEmbeddings } from './embeddings.js'
import type { FileDigests } from './file-digests.js'
import { checkLoras } from './loras.js'

/**
 * Digests of the files that a storyboard names, by those names. Fails with the shot's line when one is missing, or when the
 * shot's model can't use it.
 */
export async function filmFiles(
  { file, shots }: Storyboard,
  host: Host,
  digests: FileDigests,
  modelOf: (name: string) => Promise<Model>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const checked = new Set<string>()
  const digest = async (name: string, path = resolve(host.cwd, name)) => {
    if (!found.has(name)) found.set(name, await digestOf(name, path, host, digests))
  }
  for (const shot of shots) {
    await atLine(file, shot.line, async () => {
      for (const name of picturesOf(shot)) await digest(name)
      if (shot.take.kind !== 'diffused') return
      const { model, loras = [], embeddings = [] } = shot.take.diffusion
      for (const lora of loras) await digest(lora.file, await findLora(resolve(host.cwd, lora.file), host))
      for (const embedding of embeddings) await digest(embedding.file)
      const id = JSON.stringify([model, loras, embeddings])
      if (checked.has(id)) return
      checked.add(id)
      const parts = choicesOf({ loras, embeddings }, host)
      await checkLoras(await modelOf(model), parts.loras, host)
      await checkEmbeddings(await modelOf(model), parts.embeddings, host)
    })
  }
  await digests.save()
  return found
}

/** As `withLoras` and `withEmbeddings` want them. */
export const choicesOf = (
  { loras = [], embeddings = [] }: Pick<Diffusion, 'loras' | 'embeddings'>,
  { cwd }: Pick<Host, 'cwd'>,
) => ({
  loras: loras.map(({ file, weight }) => ({ path: resolve(cwd, file), weight })),
  embeddings: embeddings.map(({ file, word }) => ({ path: resolve(cwd, file), word })),
})

/** Fails when a file is no longer the one that the plan's keys name. */
export async function checkUnchanged(
  { loras, embeddings }: Pick<PainterChoice, 'loras' | 'embeddings'>,
  host: Host,
  digests: FileDigests,
): Promise<void> {
  const check = async (file: string, path: string, digest: string) => {
    if ((await digestOf(file, path, host, digests)) === digest) return
    throw environmentFailure(`${file} has changed since the film was planned`, 'give the command again')
  }
  for (const { file, digest } of loras)
    await check(file, await findLora(resolve(host.cwd, file), host), digest)
  for (const { file, digest } of embeddings) await check(file, resolve(host.cwd, file), digest)
}

/** Failures of `action` say where in the script its reason stands; null for where that can't be said. */
export async function atLine<T>(file: string, line: number | null, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof Failure) || line === null) throw error
    throw new Failure(error.exitCode, `${file}:${line}: ${error.message}`, error.hint, error)
  }
}

function picturesOf({ take }: Shot): string[] {
  if (take.kind === 'image') return [take.file]
  if (take.kind !== 'diffused') return []
  const { source, standings = [] } = take.diffusion
  const references = standings.map(({ reference }) => reference)
  return [source?.image, source?.mask, ...references].filter((name) => typeof name === 'string')
}

async function digestOf(name: string, path: string, host: Host, digests: FileDigests): Promise<string> {
  if (!(await host.stat(path))?.isFile) throw environmentFailure(`there is no file ${name}`, 'check the path')
  return digests.of(path)
}
