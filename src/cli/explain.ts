import type { ExplainFlags } from './explain-script.js'
import { addStudioOptions, collect } from './options.js'
import type { Verb } from './program.js'

export const explainVerb: Verb = (program, { exit }) => {
  const command = program
    .command('explain')
    .description('The shot list, and why each picture and segment would be made')
    .argument('<script>', 'the script; - reads stdin')
    .option('--json', 'as JSON')
    .option('-o, --output <file>', "the film it is about (default: the script's name with .mp4)")
    .option('--set <key=value>', 'set a key of the film, such as seed=9; may be repeated', collect, [])
    .addHelpText('after', '\nExample:\n  storyreel explain story.yaml')
  addStudioOptions(command).action(async (script: string, flags: ExplainFlags) => {
    const { explainScript } = await import('./explain-script.js')
    await explainScript(script, flags)
    exit(0)
  })
}
