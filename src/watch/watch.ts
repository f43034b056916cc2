// Save → check → plan → cancel what is stale → make. The latest good script wins; a broken one leaves the film as it is.

import { createHash } from 'node:crypto'
import { resolve, sep } from 'node:path'
import { hasErrors } from '../diagnostic/diagnostic.js'
import { reportOf } from '../diagnostic/report.js'
import type { Host } from '../host/host.js'
import { nodeHost } from '../host/node-host.js'
import { recordReads } from '../host/record-reads.js'
import {
  checkBytes,
  draftOf,
  keepOpen,
  type LoadedScript,
  outstanding,
  type Plan,
  type Storyboard,
  type Studio,
  type WarmStudio,
} from '../index.js'
import { boardOf, shotOnLine } from './board.js'
import type { OnWatchEvent } from './events.js'
import { watchFiles } from './file-watch.js'
import { makeFilm } from './film-run.js'
import { createLatest } from './latest.js'
import { problemsOf } from './problems.js'
import { readSettled } from './read-settled.js'

export type WatchOptions = {
  output: string
  /** `key=value`: film keys that win over the script's. */
  set: readonly string[]
  /** Films are drafts, except those that are asked for in full. */
  isDraft: boolean
  /** Part of the film to make; throws Failure when there is no such part. */
  choose: (storyboard: Storyboard) => Storyboard
  jobs: number | undefined
  /** Asks for changes instead of listening; default: only on file systems that do not tell. */
  polls: boolean | undefined
  openStudio: (host: Host) => Studio
  /** With each script that was read, good or broken, before it is told as an event. */
  onScript?: (loaded: LoadedScript) => void
  onEvent: OnWatchEvent
}

export type Watch = {
  /** Where the editor's cursor is, from 1: what is made next starts there. */
  cursorAt(line: number): void
  /** Reads the script again and makes what is missing, also after a failure; `isFinal` in full, also while drafting. */
  again(options?: { isFinal?: boolean }): void
  /** The file of a picture, by its key; null when it is not in the cache. */
  pictureOf(key: string): Promise<string | null>
  /** Stops all and waits for it. */
  close(): Promise<void>
}

/** Watches a script and the files that its last film was made of, and makes the film at once. */
export function openWatch(script: string, options: WatchOptions): Watch {
  const { output, onEvent } = options
  const host = nodeHost()
  const path = resolve(host.cwd, script)
  /** What the script names, and what its film is made with. */
  const [reading, planning] = [recordReads(host), recordReads(host)]
  const openWarm = (): WarmStudio => ({ ...keepOpen(options.openStudio(planning.host)), host })
  const fail = (error: unknown) => {
    if (!isClosed) onEvent({ event: 'failed', ...reportOf(error, new AbortController().signal) })
  }
  const tell = onceEachWarning(onEvent)
  const runs = createLatest({
    onStopped: (ms) => onEvent({ event: 'cancelled', ms: Math.round(ms) }),
    onFailed: fail,
  })
  const paces = new Map<string, number>()
  let studio = openWarm()
  let cursorLine: number | null = null
  /** The script when it was last read. */
  let digest: string | null = null
  /** What was last begun. */
  let film: Plan | null = null
  /** Told to make it, whether or not the script changed. */
  let asked: { isFinal: boolean } | null = null
  /** Files that the script names were changed. */
  let isStale = false
  /** Files were changed that stay open between films, such as a model's. */
  let isOutdated = false
  let named: ReadonlySet<string> = new Set()
  let isLooking = false
  let mustLook = false
  let isClosed = false

  const files = watchFiles({
    host,
    polls: options.polls,
    onChange(changed) {
      isStale ||= changed.some((file) => file !== path)
      isOutdated ||= changed.some((file) => file !== path && !named.has(file))
      void look()
    },
  })

  const look = async () => {
    mustLook = true
    if (isLooking) return
    isLooking = true
    while (mustLook && !isClosed) {
      mustLook = false
      await lookOnce().catch(fail)
    }
    isLooking = false
  }

  const lookOnce = async () => {
    const bytes = await readSettled(path, host, () => mustLook || isClosed)
    if (mustLook || isClosed) return
    if (bytes === null) {
      if (digest !== 'missing') onEvent({ event: 'missing', file: script })
      digest = 'missing'
      return
    }
    const found = createHash('sha256').update(bytes).digest('hex')
    if (found === digest && !isStale && asked === null) return
    digest = found
    const how = asked
    asked = null
    if (isOutdated) await renewStudio()
    isStale = false
    planning.take()
    reading.take()
    try {
      await take(bytes, how)
    } finally {
      const ofScript = reading.take()
      named = new Set(ofScript.keys())
      const taken = new Map([...planning.take(), ...ofScript])
      const inputs = [...taken.keys()].filter((file) => !file.startsWith(studio.store.folder + sep))
      if (!isClosed) await files.set([path, ...inputs], taken)
    }
  }

  const take = async (bytes: Uint8Array, how: typeof asked) => {
    const loaded = await checkBytes(bytes, {
      file: script,
      set: options.set,
      host: reading.host,
      store: studio.store,
    })
    options.onScript?.(loaded)
    const isBroken = hasErrors(loaded.diagnostics)
    onEvent({ event: 'script', file: script, isBroken, problems: problemsOf(loaded) })
    if (loaded.storyboard === null) return
    const storyboard = options.choose(loaded.storyboard)
    const isDraft = options.isDraft && how?.isFinal !== true
    const wanted = await studio.plan(isDraft ? draftOf(storyboard) : storyboard)
    if (isClosed) return
    if (how === null && runs.isRunning && film?.movie.key === wanted.movie.key) {
      // Only lines or comments moved: what is being made is what is wanted.
      film = wanted
      onEvent(boardOf(wanted, await outstanding(wanted, output, studio)))
      return
    }
    const before = film
    film = wanted
    const { jobs } = options
    runs.start(async (signal) => {
      const using = studio
      const context = { output, jobs, studio: using, paces, signal, onEvent: tell }
      await makeFilm({ film: wanted, storyboard, before, cursorLine, ...context })
      // The next save finds the models open, also when this film needed none of them.
      void using.warmUp(wanted).catch(() => {})
    })
  }

  /** What was opened of files that changed is opened again. */
  const renewStudio = async () => {
    isOutdated = false
    await runs.stop()
    await studio.close()
    studio = openWarm()
  }

  void files.set([path]).then(look)
  return {
    cursorAt(line) {
      cursorLine = line
      onEvent({ event: 'cursor', line, shot: (film && shotOnLine(film, line)?.shot.id) ?? null })
    },
    again({ isFinal = false } = {}) {
      asked = { isFinal }
      void look()
    },
    async pictureOf(key) {
      const found = await studio.store.get(key)
      return typeof found === 'string' ? null : found.path
    },
    async close() {
      isClosed = true
      await files.close()
      await runs.stop()
      await studio.close()
    },
  }
}

/** Models warn whenever they are used; once is enough. */
function onceEachWarning(onEvent: OnWatchEvent): OnWatchEvent {
  const told = new Set<string>()
  return (event) => {
    if (event.event === 'warning') {
      if (told.has(event.message)) return
      told.add(event.message)
    }
    onEvent(event)
  }
}
