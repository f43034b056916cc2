import { type Command, Option } from 'commander'
import { addStudioOptions, collect, wholeNumber } from './options.js'
import type { Verb } from './program.js'
import { progressModes } from './progress.js'
import type { RenderFlags } from './render-script.js'

/** What `watch` takes too. */
export const addRenderOptions = (command: Command): Command =>
  addStudioOptions(
    command
      .option('-o, --output <file>', "the film (default: the script's name with .mp4)")
      .option('--shots <list>', 'only these shots, by id or number in the film: a,b,3-5')
      .option('--line <n>', 'only the shot on this line of the script', wholeNumber)
      .option(
        '--draft',
        'a third of the size, pictures held, fewer steps and a small decoder, for a quick look',
      )
      .option('--set <key=value>', 'set a key of the film, such as seed=9; may be repeated', collect, [])
      .option('--model <name>', 'diffusion model: a name or a folder')
      .option('--jobs <n>', 'segments made at once (default: one a core)', wholeNumber)
      .addOption(
        new Option('--progress <mode>', 'how to show progress').choices([...progressModes]).default('auto'),
      ),
  )

export const renderVerb: Verb = (program, { signal, exit }) => {
  const command = program
    .command('render')
    .description('Make the film of a script, or of many; only what changed is made again')
    .argument('<script...>', 'scripts, or folders of them; - reads stdin')
    .option('--locked', 'make only what storyreel.lock says was reviewed')
    .option('--sidecar', 'write prompts, seeds, models and licences as JSON beside the film')
    .option('--report <file>', 'what became of each script, as JUnit (.xml) or JSON (.json)')
    .option('--fail-fast', 'stop at the first script that fails')
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel render story.yaml\n  storyreel render story.yaml --line 42 -o shot.mp4\n  cat story.yaml | storyreel render - -o film.mp4\n  storyreel render scripts/ -o films/ --report junit.xml',
    )
  addRenderOptions(command).action(async (scripts: string[], flags: RenderFlags) => {
    const { renderScripts } = await import('./render-script.js')
    exit(await renderScripts(scripts, flags, signal))
  })
}
