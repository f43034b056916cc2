// watch: the film is made again whenever its script is saved; the page and editors hear of it.

import { resolve } from 'node:path'
import { EXIT, usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { nodeHost } from '../host/node-host.js'
import { type StudioOptions, studio } from '../index.js'
import { type EditorLink, openEditorLink } from '../preview/editor-link.js'
import { remoteCommand } from '../preview/editor-remote.js'
import { openMpv, type Player } from '../preview/mpv.js'
import { openPreview } from '../preview/server.js'
import type { ThumbnailMode } from '../preview/terminal/graphics.js'
import type { OnWatchEvent } from '../watch/events.js'
import { openWatch } from '../watch/watch.js'
import { openPage } from './open-page.js'
import { chooseShots, overridesOf, type RenderScriptFlags } from './render-script.js'
import { defaultOutput } from './script-paths.js'
import { withStudioOptions } from './studio.js'
import { askTerminal } from './terminal-question.js'
import { listenToKeys } from './watch-keys.js'
import { openWatchReport } from './watch-report.js'
import { openThumbnails } from './watch-thumbnails.js'

export type WatchFlags = RenderScriptFlags & {
  poll?: boolean
  port: number
  open?: boolean
  player?: string
  thumbnails: ThumbnailMode
}

/** Runs until it is told to stop. @returns the exit code. */
export async function watchScript(script: string, flags: WatchFlags, signal: AbortSignal): Promise<number> {
  if (script === '-') throw usageFailure('watch needs a script file, not stdin')
  const output = resolve(flags.output ?? defaultOutput(script))
  await withStudioOptions(flags, async (options) => {
    const closers: (() => Promise<void> | void)[] = []
    const quit = new AbortController()
    try {
      await open(script, output, flags, options, () => quit.abort(), closers)
      await fired(AbortSignal.any([signal, quit.signal]))
    } finally {
      for (const close of closers.reverse()) await close()
    }
  })
  return EXIT.good
}

/** Opens all parts and ties them to each other; what must be closed is put on `closers`, also when one fails to open. */
async function open(
  script: string,
  output: string,
  flags: WatchFlags,
  options: StudioOptions,
  quit: () => void,
  closers: (() => Promise<void> | void)[],
): Promise<void> {
  const host = nodeHost()
  const report = await openWatchReport(flags.progress)
  closers.push(report.close)
  const again = (isFinal: boolean) => watch.again({ isFinal })
  const link = await openEditorLink({ script, onCursor: (line) => watch.cursorAt(line), onAgain: again })
  closers.push(link.close)
  const preview = await openPreview({
    host,
    script,
    film: output,
    port: flags.port,
    pictureOf: (key) => watch.pictureOf(key),
    onJump: (line) => jump(resolve(script), line, link, host),
    onAgain: again,
  })
  closers.push(preview.close)
  const listeners = [report.on, preview.on]
  const graphics = await askTerminal(flags.progress === 'json' ? 'none' : flags.thumbnails, host)
  listeners.push(openThumbnails(graphics, host, (key) => watch.pictureOf(key), report.aside))
  if (flags.player !== undefined) {
    const player = await openMpv(flags.player, host)
    closers.push(player.close)
    listeners.push(showsFilms(player, output))
    if (await host.stat(output)) await player.show(output)
  }
  const onEvent: OnWatchEvent = (event) => {
    for (const listener of listeners) listener(event)
  }
  onEvent({ event: 'page', url: preview.url, socket: link.path })
  const watch = openWatch(script, {
    output,
    set: overridesOf(flags),
    isDraft: flags.draft ?? false,
    choose: (storyboard) => chooseShots(storyboard, flags),
    jobs: flags.jobs,
    polls: flags.poll,
    openStudio: (host) => studio({ ...options, host }),
    onScript: report.onScript,
    onEvent,
  })
  closers.push(watch.close)
  const keys = listenToKeys((key) => {
    if (key === 'q' || key === '\x03') quit()
    else if (key === 'r' || key === 'f') again(key === 'f')
    else if (key === 'o') openPage(preview.url)
  })
  closers.push(keys.close)
  if (flags.open) openPage(preview.url)
}

/** Each film that was made anew. */
const showsFilms =
  (player: Player, output: string): OnWatchEvent =>
  (event) => {
    if (event.event === 'done' && Object.keys(event.nodes.rendered).length > 0) void player.show(output)
  }

/** Editors on the socket are asked first. */
function jump(script: string, line: number, link: EditorLink, host: Host): void {
  const [command, ...args] = remoteCommand(host.env, script, line) ?? []
  if (link.editors > 0) link.jump(line)
  else if (command !== undefined) host.spawn(command, args)
}

const fired = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
