// What the language server needs of the world: models, painted pictures, and rendering of one shot.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { environmentFailure, renderFailure } from '../diagnostic/failure.js'
import { nodeHost } from '../host/node-host.js'
import { plan, readIncludes, studio, vocabulary } from '../index.js'
import type { LanguageHost } from '../lsp/server.js'
import { listDepths } from '../models/find-depth.js'
import { listInterpolations } from '../models/find-interpolation.js'
import { listModels } from '../models/find-model.js'
import { modelsFolder } from '../models/models-folder.js'
import { checkFiles } from '../render/check-files.js'
import type { RenderEvent } from '../render/events.js'
import { mentionedFiles } from '../story/mentioned-files.js'
import type { Shot, Storyboard } from '../story/types.js'

const PROGRAM = fileURLToPath(new URL('../../bin/storyreel.js', import.meta.url))

export function languageHost({ cacheDir }: { cacheDir?: string }): LanguageHost {
  const host = nodeHost()
  const using = studio(cacheDir === undefined ? {} : { cacheFolder: cacheDir })
  return {
    vocabulary,
    included: (text, file) => readIncludes(text, file, host),
    aboutFiles: (script) => checkFiles(mentionedFiles(script), host),
    async surroundings() {
      const [models, interpolations, depths] = await Promise.all([
        listModels(host),
        listInterpolations(host, [modelsFolder(host)]),
        listDepths(host, [modelsFolder(host)]),
      ])
      return { models, interpolations: interpolations.filter((name) => name !== 'blend'), depths }
    },
    async pictureOf(storyboard, shot) {
      const { shots } = await plan(onlyShot(storyboard, shot), using)
      const found = await using.store.get(shots[0]!.pictures[0]!.key)
      return typeof found === 'string' ? null : pathToFileURL(found.path).href
    },
    renderShot: (file, line, onProgress, signal) => renderShot(file, line, cacheDir, onProgress, signal),
  }
}

/** A picture does not depend on the shots around it. */
const onlyShot = (storyboard: Storyboard, shot: Shot): Storyboard => ({ ...storyboard, shots: [shot] })

/** In a process of its own: a language server that renders does not answer. The film lies beside the script. */
async function renderShot(
  file: string,
  line: number,
  cacheDir: string | undefined,
  onProgress: (words: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const film = `${file.replace(/\.ya?ml$/i, '')}.line-${line}.mp4`
  const flags = ['--line', `${line}`, '-o', film, '--progress', 'json']
  const cache = cacheDir === undefined ? [] : ['--cache-dir', cacheDir]
  const child = spawn(process.execPath, [PROGRAM, 'render', file, ...flags, ...cache], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGTERM',
  })
  let failure: Extract<RenderEvent, { event: 'failed' }> | null = null
  for await (const text of createInterface({ input: child.stderr })) {
    const event = JSON.parse(text) as RenderEvent
    if (event.event === 'failed') failure = event
    else if (event.event === 'start') onProgress(`${event.kind} ${event.id}`)
    else if (event.event === 'frames') onProgress(`frame ${event.done} of ${event.total}`)
  }
  const code = await exitCode(child)
  if (code === 0) return film
  throw failure
    ? environmentFailure(failure.message, failure.hint)
    : renderFailure(`render ended with ${code}`)
}

const exitCode = (child: ReturnType<typeof spawn>): Promise<number | null> =>
  new Promise((resolve, reject) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode)
    child.once('exit', resolve)
    child.once('error', reject)
  })
