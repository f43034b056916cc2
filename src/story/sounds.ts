// What is heard, with every time in seconds from the start of what names it.

import type { LineIndex } from '../diagnostic/line-index.js'
import type { Duration, FrameRate, Located, SoundCue } from '../script/types.js'
import type { Cue, Music } from './types.js'

/** What a sound does that does not say otherwise, in seconds. */
const MUSIC = { isLooped: true, fadeIn: 0, fadeOut: 2 }
const AMBIENCE = { isLooped: true, fadeIn: 0.5, fadeOut: 1 }
const EFFECT = { isLooped: false, fadeIn: 0, fadeOut: 0 }

/** Reads the cues of one script; `lines` is the index of its text, and `file` its name. */
export type CueReader = {
  /** Undefined where there are none, so that a film without sound is what it was. */
  sounds(cues: Located<SoundCue[]> | null): Cue[] | undefined
  music(cues: Located<SoundCue[]> | null): Music | undefined
}

export function cueReader(lines: LineIndex, file: string, fps: FrameRate): CueReader {
  const secondsOf = (time: Duration): number =>
    'frames' in time ? (time.frames * fps.den) / fps.num : time.seconds
  const read = (cue: SoundCue, usual: typeof MUSIC): Cue => ({
    source: cue.source,
    volume: cue.volume,
    startSeconds: cue.start ? secondsOf(cue.start) : 0,
    fromSeconds: cue.from,
    seconds: cue.duration && secondsOf(cue.duration),
    fadeInSeconds: cue.fadeIn ?? usual.fadeIn,
    fadeOutSeconds: cue.fadeOut ?? usual.fadeOut,
    isLooped: cue.isLooped ?? usual.isLooped,
    line: cue.span.file === file ? lines.lineAt(cue.span.start) : null,
  })
  return {
    sounds: (cues) =>
      cues === null || cues.value.length === 0
        ? undefined
        : cues.value.map((cue) => read(cue, cue.source.kind === 'ambience' ? AMBIENCE : EFFECT)),
    music: (cues) =>
      cues === null || cues.value.length === 0
        ? undefined
        : { id: `${cues.span.file}:${cues.span.start}`, cues: cues.value.map((cue) => read(cue, MUSIC)) },
  }
}
