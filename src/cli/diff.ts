import { addStudioOptions } from './options.js'
import type { Verb } from './program.js'

export const diffVerb: Verb = (program, { signal, exit }) => {
  const command = program
    .command('diff')
    .description('Which shots of a script changed, and how; exit 0, or 1 where a script has errors')
    .argument('<old>', 'the script before; - reads stdin')
    .argument('<new>', 'the script after')
    .option('-o, --output <file>', 'a picture (PNG) of the changed shots, before and after')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel diff old.yaml new.yaml -o changes.png\n  git show main:story.yaml | storyreel diff - story.yaml',
    )
  addStudioOptions(command).action(async (before: string, after: string, flags) => {
    const { diffScripts } = await import('./diff-scripts.js')
    exit(await diffScripts(before, after, flags, signal))
  })
}
