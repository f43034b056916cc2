import type { Located, ScriptShot } from './types.js'

/** The texts that a shot's pictures are painted from; none for cards and for pictures that are shown as they are. */
export function promptsOf({ content }: ScriptShot): readonly Located<string>[] {
  if (content.kind === 'walk') return content.prompts
  return content.kind === 'card' || content.prompt === null ? [] : [content.prompt]
}
