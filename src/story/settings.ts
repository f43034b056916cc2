// What holds for each shot of a script: what it says itself, else its scene, else the film.

import type { Located, Script, ScriptScene, ScriptShot, Settings } from '../script/types.js'
import { sceneSeed } from './seed.js'

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

/** A shot as written, with all that holds for it; its times are told later. */
export type ResolvedShot = {
  /** Its own, or its scene's number and its own in there, such as `2.3`. */
  id: string
  shot: ScriptShot
  scene: ScriptScene
  sceneIndex: number
  settings: Settings
  seed: number
}

/** In the order of the script. */
export const resolveShots = (script: Script): ResolvedShot[] =>
  script.scenes.flatMap((scene, sceneIndex) =>
    scene.shots.map((shot, shotIndex) => {
      const id = shot.id?.value ?? `${sceneIndex + 1}.${shotIndex + 1}`
      const settings = resolveSettings(script, scene, shot)
      return { id, shot, scene, sceneIndex, settings, seed: seedOf(script, scene, settings.seed) }
    }),
  )

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

function seedOf(script: Script, { place, heading }: ScriptScene, own: Located<number> | null): number {
  const where = place?.value ?? heading?.value ?? null
  return own?.value ?? sceneSeed(script.settings.seed?.value ?? 0, where?.toLowerCase() ?? null)
}
