// Script to storyboard: settings resolved, prompts composed, times in frames. Pure.

import { createHash } from 'node:crypto'
import type { Checked, Diagnostic, Span } from '../diagnostic/diagnostic.js'
import type { LineIndex } from '../diagnostic/line-index.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { STILL } from '../script/camera.js'
import { MAX_SECONDS } from '../script/duration.js'
import { promptsOf } from '../script/prompts.js'
import type { Located, Script, ScriptScene, ScriptShot, Settings, Transition } from '../script/types.js'
import { agesBetween } from './ages-between.js'
import { filesOf } from './files.js'
import { type CastTable, castTable, composePrompt, framed, membersIn, type Setting } from './prompt.js'
import { sceneSeed } from './seed.js'
import { cueReader } from './sounds.js'
import { linesOf, placeLines, type SpokenLengths, talkersIn, withSpeech } from './speech.js'
import { standingsIn } from './standing.js'
import { framesOf, isUnderOneFrame, keyframeFrames, shotFrames } from './timeline.js'
import { type Into, overlapOf, overlapWanted, resolveTransitions } from './transitions.js'
import type {
  Diffusion,
  Keyframe,
  Line,
  PromptBlend,
  Scene,
  Shot,
  Storyboard,
  Take,
  Waypoint,
} from './types.js'
import { alongWalk } from './walk.js'

/** What a film has that does not say otherwise. */
export const BUILT_IN = {
  size: { width: 960, height: 576 },
  fps: { num: 24, den: 1 },
  interpolation: 'film',
  depth: 'layout',
  model: 'storybook',
  durationSeconds: 3,
  keyframesSeconds: 0.5,
  /** Of a picture that is painted from. */
  strength: 0.8,
} as const

/** Of all walks of a film together. */
const MAX_KEYFRAMES = 50_000
/** Characters of all prompts of a film together; a long one has a hundredth of it. */
const MAX_COMPOSED = 3_000_000

/** A shot on the way: resolved, but not yet in time. */
type Draft = {
  shot: ScriptShot
  scene: ScriptScene
  sceneIndex: number
  number: string
  isFirst: boolean
  settings: Settings
}

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
  const drafts = script.scenes.flatMap((scene, sceneIndex) =>
    scene.shots.map(
      (shot, shotIndex): Draft => ({
        shot,
        scene,
        sceneIndex,
        number: `${sceneIndex + 1}.${shotIndex + 1}`,
        isFirst: shotIndex === 0,
        settings: resolveSettings(script, scene, shot),
      }),
    ),
  )
  checkIds(drafts, diagnostics)
  const firstLine = (span: Span): Span => {
    const line = lines.lineAt(span.start)
    return { ...span, end: Math.min(span.end, lines.lineStart(line) + lines.lineText(line).length) }
  }
  const table = castTable(script.cast)
  const said = drafts.map(({ shot, scene, settings }) =>
    linesOf(shot, settings, scene.year?.value ?? null, table, lengths, diagnostics),
  )
  const durations = drafts.map(({ settings, shot }, i) => {
    const duration = settings.duration?.value ?? { seconds: BUILT_IN.durationSeconds }
    if (isUnderOneFrame(duration, fps))
      diagnostics.push(
        makeDiagnostic(
          'shot/too-short',
          'the shot is shorter than one frame',
          settings.duration?.span ?? firstLine(shot.span),
          {
            hints: [`a frame of this film takes ${Math.ceil((1000 * fps.den) / fps.num)} ms`],
          },
        ),
      )
    const isOwn = shot.settings.duration !== null
    const overlap = i === 0 ? 0 : overlapWanted(intoOf(script, drafts[i]!, 0, shot.span), fps)
    return { duration, isOwn, overlap, lines: said[i]! }
  })
  const frames = shotFrames(withSpeech(durations, fps), fps)
  const transitions = resolveTransitions(
    drafts.map((draft, i) => intoOf(script, draft, frames[i]!, firstLine(draft.shot.span))),
    fps,
  )
  diagnostics.push(...transitions.diagnostics)

  const composer = promptComposer(script, table, lines.text, diagnostics)
  const walk: Walked = { keyframes: 0 }
  const cues = cueReader(lines, script.file, fps)
  const shots: Shot[] = []
  let end = 0
  drafts.forEach((draft, i) => {
    const transition = transitions.value[i]!
    const start = end - overlapOf(transition)
    end = start + frames[i]!
    const { shot, settings } = draft
    shots.push({
      id: shot.id?.value ?? draft.number,
      scene: draft.sceneIndex,
      text: textOf(shot),
      take: takeOf(script, draft, said[i]!, frames[i]!, table, lines.text, composer, walk, diagnostics),
      camera: cameraOf(script, draft),
      transition,
      caption: shot.caption?.value ?? null,
      fit: draft.settings.fit?.value ?? 'crop',
      look: draft.settings.look?.value ?? 'none',
      start,
      frames: frames[i]!,
      ...optional('sounds', cues.sounds(settings.sound)),
      ...optional('music', cues.music(settings.music)),
      ...optional('lines', said[i]!.length > 0 ? said[i]! : undefined),
      span: shot.span,
      line: lines.lineAt(shot.span.start),
    })
  })
  checkLength(shots, end, fps, firstLine, diagnostics)
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
      shots: placeLines(shots, (i) => drafts[i]!.shot.say!.span, fps, diagnostics),
      frames: end,
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

/** Shot over scene over film. A scene's transition is the one into the scene, so its later shots pass it over. */
function resolveSettings(script: Script, scene: ScriptScene, shot: ScriptShot): Settings {
  const isFirst = scene.shots[0] === shot
  const over = <K extends keyof Settings>(key: K): Settings[K] =>
    shot.settings[key] ??
    (key === 'transition' && !isFirst ? null : scene.settings[key]) ??
    script.settings[key]
  return {
    duration: over('duration'),
    camera: over('camera'),
    transition: over('transition'),
    seed: shot.settings.seed ?? scene.settings.seed,
    steps: over('steps'),
    guidance: over('guidance'),
    scheduler: over('scheduler'),
    model: over('model'),
    negative: over('negative'),
    style: over('style'),
    keyframes: over('keyframes'),
    motion: over('motion'),
    fit: over('fit'),
    look: over('look'),
    lora: over('lora'),
    embedding: over('embedding'),
    music: over('music'),
    sound: shot.settings.sound,
    voice: over('voice'),
    lips: over('lips'),
  }
}

function intoOf(script: Script, { settings }: Draft, frames: number, shotSpan: Span): Into {
  const written: Located<Transition> | null = settings.transition
  return { written, isOwn: written !== null && written !== script.settings.transition, shotSpan, frames }
}

function cameraOf(script: Script, draft: Draft): Shot['camera'] {
  const camera = draft.settings.camera?.value ?? STILL
  return { ...camera, seed: camera.shake > 0 ? seedOf(script, draft) : 0 }
}

function textOf({ content }: ScriptShot): string {
  if (content.kind === 'walk') return content.prompts.map((prompt) => prompt.value).join(' → ')
  if (content.kind === 'image') return content.prompt?.value ?? content.file.value
  return content.kind === 'card' ? content.text.value : content.prompt.value
}

type Composer = (words: Located<string>, draft: Draft, talking?: string) => PromptBlend

function promptComposer(
  script: Script,
  table: CastTable,
  source: string,
  diagnostics: Diagnostic[],
): Composer {
  // An alias can repeat a shot thousands of times.
  const composedBefore = new Map<string, PromptBlend>()
  let budget = MAX_COMPOSED
  const places = new Map(
    [...script.places.values()].map((place) => [place.name.value.toLowerCase(), place.text.value]),
  )
  const placeWords = script.scenes.map((scene) => placeOf(scene, places, script, diagnostics))
  return (words, { scene, sceneIndex, settings }, talking) => {
    const setting: Setting = {
      framing: settings.camera?.value.framing ?? null,
      place: placeWords[sceneIndex]!,
      time: scene.time?.value ?? null,
      weather: scene.weather?.value ?? null,
      style: settings.style?.value ?? null,
      year: scene.year?.value ?? null,
      talking: talking ?? null,
    }
    const id = JSON.stringify([words.span.start, words.value, setting])
    const known = composedBefore.get(id)
    if (known) return known
    if (budget < 0) return []
    const composed = composePrompt(words, setting, table, source)
    diagnostics.push(...composed.diagnostics)
    budget -= composed.value.reduce((sum, { prompt }) => sum + prompt.length, 0)
    if (budget < 0)
      diagnostics.push(
        makeDiagnostic('script/too-large', 'the prompts of this film are too long together', words.span, {
          hints: ['describe the cast in fewer words'],
        }),
      )
    composedBefore.set(id, composed.value)
    return composed.value
  }
}

/** The words for a scene's place: those of `places`, else its own, in small letters when they are all capitals. */
function placeOf(
  { place }: ScriptScene,
  places: ReadonlyMap<string, string>,
  script: Script,
  diagnostics: Diagnostic[],
): string | null {
  if (place === null) return null
  const known = places.get(place.value.toLowerCase())
  if (known !== undefined) return known
  const near = nearest(place.value, script.places.keys())
  if (near !== null)
    diagnostics.push(
      makeDiagnostic(
        'scene/unknown-place',
        `there is no place ${quote(place.value)}, so its own words are used`,
        place.span,
        {
          hints: [`did you mean ${quote(near)}?`],
          fix: { span: place.span, text: near },
        },
      ),
    )
  return place.value === place.value.toUpperCase() ? place.value.toLowerCase() : place.value
}

/** How many keyframes the walks have so far. */
type Walked = { keyframes: number }

function takeOf(
  script: Script,
  draft: Draft,
  lines: readonly Line[],
  frames: number,
  table: CastTable,
  source: string,
  compose: Composer,
  walk: Walked,
  diagnostics: Diagnostic[],
): Take {
  const { content } = draft.shot
  if (content.kind === 'card') return { kind: 'card', text: content.text.value }
  if (content.kind === 'image' && content.prompt === null) return { kind: 'image', file: content.file.value }
  const seed = seedOf(script, draft)
  const diffused = {
    kind: 'diffused',
    diffusion: diffusionOf(draft, seed, table, source, diagnostics),
    motion: draft.settings.motion?.value ?? null,
  } as const
  if (content.kind !== 'walk') {
    const talking =
      content.kind === 'prompt' && draft.settings.lips?.value !== false
        ? talkersIn(content.prompt, lines, table).map((speaker) => ({
            speaker,
            prompt: compose(content.prompt, draft, speaker),
          }))
        : []
    return {
      ...diffused,
      waypoints: null,
      keyframes: [{ frame: 0, prompt: compose(content.prompt!, draft), seed, towards: null }],
      ...optional('talking', talking.length > 0 ? talking : undefined),
    }
  }
  const seeds = content.seeds.map((own) => own?.value ?? seed)
  const waypoints = content.prompts.flatMap((prompt, i): Waypoint[] => {
    const next = content.prompts[i + 1]
    const isHeld = seeds[i] === seeds[i + 1]
    const between = next && isHeld ? agesBetween(prompt.value, next.value, table) : []
    const passed = [prompt, ...between.map((value) => ({ ...prompt, value }))]
    return passed.map((words) => ({ prompt: compose(words, draft), seed: seeds[i]! }))
  })
  const spacing = draft.settings.keyframes?.value ?? BUILT_IN.keyframesSeconds
  const at = keyframeFrames(frames, spacing, script.fps?.value ?? BUILT_IN.fps)
  walk.keyframes += at.length
  if (walk.keyframes > MAX_KEYFRAMES) {
    if (walk.keyframes - at.length <= MAX_KEYFRAMES)
      diagnostics.push(
        makeDiagnostic(
          'walk/too-many-keyframes',
          `the walks of this film have more than ${MAX_KEYFRAMES} keyframes`,
          content.prompts[0]!.span,
          { hints: ['give `keyframes` a longer distance, or make the walks shorter'] },
        ),
      )
    return { ...diffused, waypoints, keyframes: [] }
  }
  return { ...diffused, waypoints, keyframes: walkKeyframes(waypoints, at) }
}

/** In even words: time is shared out evenly between the waypoints. */
function walkKeyframes(waypoints: readonly Waypoint[], frames: readonly number[]): Keyframe[] {
  const last = Math.max(1, frames.at(-1)!)
  return frames.map((frame) => ({
    frame,
    ...alongWalk(waypoints, (frame / last) * (waypoints.length - 1)),
  }))
}

function seedOf(script: Script, { scene, settings }: Draft): number {
  const where = scene.place?.value ?? scene.heading?.value ?? null
  return settings.seed?.value ?? sceneSeed(script.settings.seed?.value ?? 0, where?.toLowerCase() ?? null)
}

function diffusionOf(
  draft: Draft,
  seed: number,
  table: CastTable,
  source: string,
  diagnostics: Diagnostic[],
): Diffusion {
  const { shot, settings } = draft
  const prompts = promptsOf(shot)
  const members = membersIn(prompts, table, source)
  const framing = settings.camera?.value.framing ?? null
  const standings = prompts[0] ? standingsIn(framed(prompts[0].value, framing), table) : []
  const model = shot.settings.model ?? modelOf(members, diagnostics) ?? settings.model
  return {
    model: model?.value ?? BUILT_IN.model,
    seed,
    steps: settings.steps?.value ?? null,
    guidance: settings.guidance?.value ?? null,
    scheduler: settings.scheduler?.value ?? null,
    negative: settings.negative?.value ?? '',
    ...filesOf(
      settings,
      members.map(({ member }) => member),
    ),
    ...(standings.length > 0 && { standings }),
    ...sourceOf(shot),
  }
}

/** The one of the first member who has one. */
function modelOf(members: ReturnType<typeof membersIn>, diagnostics: Diagnostic[]): Located<string> | null {
  const own = members.filter(({ member }) => member.model !== null)
  const [first] = own
  const other = own.find(({ member }) => member.model!.value !== first!.member.model!.value)
  if (other) {
    const [one, two] = [first!.member, other.member]
    diagnostics.push(
      makeDiagnostic(
        'cast/two-models',
        `${quote(two.name.value)} has another model than ${quote(one.name.value)}, whose model paints this shot`,
        other.span,
        {
          notes: [{ message: `the model of ${quote(one.name.value)} is here`, span: one.model!.span }],
          hints: ['give the shot a `model` of its own, or show them in two shots'],
        },
      ),
    )
  }
  return first?.member.model ?? null
}

const sourceOf = ({ content }: ScriptShot): Pick<Diffusion, 'source'> => {
  if (content.kind !== 'image') return {}
  const strength = content.strength?.value ?? BUILT_IN.strength
  return { source: { image: content.file.value, mask: null, strength } }
}

const sceneOf = (scene: ScriptScene, index: number, lines: LineIndex): Scene => ({
  name: scene.heading?.value ?? `scene ${index + 1}`,
  place: scene.place?.value ?? null,
  time: scene.time?.value ?? null,
  year: scene.year?.value ?? null,
  span: scene.span,
  line: lines.lineAt(scene.span.start),
})

function checkIds(drafts: readonly Draft[], diagnostics: Diagnostic[]): void {
  const seen = new Map<string, Span>()
  for (const { shot } of drafts) {
    if (!shot.id) continue
    const first = seen.get(shot.id.value)
    if (first)
      diagnostics.push(
        makeDiagnostic('shot/duplicate-id', `the id ${quote(shot.id.value)} is taken`, shot.id.span, {
          notes: [{ message: 'the other shot is here', span: first }],
        }),
      )
    else seen.set(shot.id.value, shot.id.span)
  }
}

function checkLength(
  shots: readonly Shot[],
  frames: number,
  fps: Storyboard['fps'],
  firstLine: (span: Span) => Span,
  diagnostics: Diagnostic[],
): void {
  const limit = framesOf({ seconds: MAX_SECONDS }, fps)
  if (frames <= limit) return
  const over = shots.find((shot) => shot.start + shot.frames > limit)
  diagnostics.push(
    makeDiagnostic(
      'script/too-long',
      'the film is longer than 10 hours from here on',
      over ? firstLine(over.span) : null,
      {
        hints: ['make it shorter, or several films'],
      },
    ),
  )
}
