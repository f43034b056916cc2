// Script to storyboard: settings resolved, prompts composed, times in frames. Pure.

import { createHash } from 'node:crypto'
import type { Checked, Diagnostic, Span } from '../diagnostic/diagnostic.js'
import type { LineIndex } from '../diagnostic/line-index.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { STILL } from '../script/camera.js'
import type { Located, Script, ScriptScene, ScriptShot } from '../script/types.js'
import { castTable } from './cast.js'
import { BUILT_IN, type ResolvedShot, resolveShots } from './settings.js'
import { cueReader } from './sounds.js'
import { linesOf, placeLines, type SpokenLengths } from './speech.js'
import { takeReader } from './take.js'
import { checkLength, timeShots } from './timing.js'
import type { Scene, Shot, Storyboard } from './types.js'

export { BUILT_IN }

/**
 * Makes the storyboard of a script. Shots are in time order; `lines` is the index of the script's text, `included` the texts of what it includes. With errors
 * the value is a storyboard still, but not of the film that is meant.
 */
export function makeStoryboard(
  script: Script,
  lines: LineIndex,
  included: ReadonlyMap<string, string> = new Map(),
  lengths: SpokenLengths = new Map(),
): Checked<Storyboard> {
  const diagnostics: Diagnostic[] = []
  const fps = script.fps?.value ?? BUILT_IN.fps
  const resolved = resolveShots(script)
  checkIds(resolved, diagnostics)
  const table = castTable(script.cast)
  const said = resolved.map(({ shot, scene, settings }) =>
    linesOf(shot, settings, scene.year?.value ?? null, table, lengths, diagnostics),
  )
  const timings = timeShots(script, resolved, said, fps, lines, diagnostics)
  const readTake = takeReader(script, table, lines.text, diagnostics)
  const cues = cueReader(lines, script.file, fps)
  const shots = resolved.map((each, i): Shot => {
    const { id, shot, sceneIndex, settings } = each
    const { start, frames, transition } = timings[i]!
    return {
      id,
      scene: sceneIndex,
      text: textOf(shot),
      take: readTake(each, said[i]!, frames),
      camera: cameraOf(each),
      transition,
      caption: shot.caption?.value ?? null,
      fit: settings.fit?.value ?? 'crop',
      look: settings.look?.value ?? 'none',
      start,
      frames,
      ...optional('sounds', cues.sounds(settings.sound)),
      ...optional('music', cues.music(settings.music)),
      ...optional('lines', said[i]!.length > 0 ? said[i]! : undefined),
      span: shot.span,
      line: lines.lineAt(shot.span.start),
    }
  })
  const last = shots.at(-1)
  const frames = last ? last.start + last.frames : 0
  checkLength(shots, frames, fps, lines, diagnostics)
  return {
    value: {
      file: script.file,
      digest: digestOf(lines.text, included),
      isDraft: false,
      title: script.title?.value ?? '',
      size: script.size?.value ?? BUILT_IN.size,
      fps,
      interpolation: script.interpolation?.value ?? BUILT_IN.interpolation,
      interpolationLine: lineIn(script, script.interpolation, lines),
      depth: script.depth?.value ?? BUILT_IN.depth,
      depthLine: lineIn(script, script.depth, lines),
      ...optional('sounds', cues.sounds(script.settings.sound)),
      ...optional('subtitles', script.subtitles?.value),
      scenes: script.scenes.map((scene, i) => ({
        ...sceneOf(scene, i, lines),
        ...optional('sounds', cues.sounds(scene.settings.sound)),
      })),
      shots: placeLines(shots, (i) => resolved[i]!.shot.say!.span, fps, diagnostics),
      frames,
    },
    diagnostics,
  }
}

const optional = <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: T })

/** Null where it is not said, or in an included file. */
const lineIn = (script: Script, said: Located<string> | null, lines: LineIndex): number | null =>
  said?.span.file === script.file ? lines.lineAt(said.span.start) : null

/** Of the script's text, and of the texts that it includes. */
function digestOf(text: string, included: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256').update(text)
  for (const part of included.values()) hash.update('\0').update(part)
  return hash.digest('hex')
}

function cameraOf({ settings, seed }: ResolvedShot): Shot['camera'] {
  const camera = settings.camera?.value ?? STILL
  return { ...camera, seed: camera.shake > 0 ? seed : 0 }
}

function textOf({ content }: ScriptShot): string {
  if (content.kind === 'walk') return content.prompts.map((prompt) => prompt.value).join(' → ')
  if (content.kind === 'image') return content.prompt?.value ?? content.file.value
  return content.kind === 'card' ? content.text.value : content.prompt.value
}

const sceneOf = (scene: ScriptScene, index: number, lines: LineIndex): Scene => ({
  name: scene.heading?.value ?? `scene ${index + 1}`,
  place: scene.place?.value ?? null,
  time: scene.time?.value ?? null,
  year: scene.year?.value ?? null,
  span: scene.span,
  line: lines.lineAt(scene.span.start),
})

function checkIds(shots: readonly ResolvedShot[], diagnostics: Diagnostic[]): void {
  const seen = new Map<string, Span>()
  for (const {
    shot: { id },
  } of shots) {
    if (!id) continue
    const first = seen.get(id.value)
    if (first)
      diagnostics.push(
        makeDiagnostic('shot/duplicate-id', `the id ${quote(id.value)} is taken`, id.span, {
          notes: [{ message: 'the other shot is here', span: first }],
        }),
      )
    else seen.set(id.value, id.span)
  }
}
