// The files that a script names, with where it names them. Those that it includes are text, and are read before.

import type { Located, Script, Settings } from '../script/types.js'

export type FileKind = 'picture' | 'lora' | 'embedding' | 'sound' | 'subtitles'

/** `file` is its name as it is opened. */
export type MentionedFile = { kind: FileKind; file: string; span: Located<string>['span'] }

/** In the order of the script: settings, cast, scenes. */
export function mentionedFiles({ subtitles, settings, cast, scenes }: Script): MentionedFile[] {
  const shots = scenes.flatMap((scene) => scene.shots)
  return [
    ...(subtitles?.value.kind === 'file'
      ? [{ kind: 'subtitles' as const, file: subtitles.value.file, span: subtitles.span }]
      : []),
    ...adapters(settings),
    ...heard(settings),
    ...[...cast.values()].flatMap((member) => [
      ...(member.reference ? [picture(member.reference)] : []),
      ...adapters(member),
    ]),
    ...scenes.flatMap(({ settings }) => [...adapters(settings), ...heard(settings)]),
    ...shots.flatMap(({ content, settings }): MentionedFile[] => [
      ...(content.kind === 'image' ? [picture(content.file)] : []),
      ...adapters(settings),
      ...heard(settings),
    ]),
  ]
}

const picture = ({ value, span }: Located<string>): MentionedFile => ({ kind: 'picture', file: value, span })

const heard = ({ music, sound }: Settings): MentionedFile[] => [...soundFiles(music), ...soundFiles(sound)]

const soundFiles = (cues: Settings['sound']): MentionedFile[] =>
  (cues?.value ?? []).flatMap(({ source, span }): MentionedFile[] =>
    source.kind === 'file' ? [{ kind: 'sound', file: source.file, span }] : [],
  )

const adapters = ({ lora, embedding }: Pick<Settings, 'lora' | 'embedding'>): MentionedFile[] => [
  ...(lora ?? []).map(({ value, span }): MentionedFile => ({ kind: 'lora', file: value.file, span })),
  ...(embedding ?? []).map(
    ({ value, span }): MentionedFile => ({ kind: 'embedding', file: value.file, span }),
  ),
]
