import { Option } from 'commander'
import { thumbnailModes } from '../preview/terminal/graphics.js'
import { portNumber } from './options.js'
import type { Verb } from './program.js'
import { addRenderOptions } from './render.js'
import type { WatchFlags } from './watch-script.js'

export const watchVerb: Verb = (program, { signal, exit }) => {
  const command = program
    .command('watch')
    .description('Make the film again whenever its script is saved')
    .argument('<script>', 'the script')
    .option('--port <n>', 'port of the preview page (default: a free one)', portNumber, 0)
    .option('--open', 'open the page in the browser')
    .option('--player <command>', 'play the film in a player too: mpv')
    .addOption(
      new Option('--thumbnails <mode>', 'pictures in the terminal')
        .choices([...thumbnailModes])
        .default('auto'),
    )
    .option('--poll', 'ask for changes instead of listening (default: on network file systems)')
    .addHelpText(
      'after',
      '\nKeys: r render again, f final in full, o open the page, q quit\n\nExample:\n  storyreel watch story.yaml',
    )
  addRenderOptions(command).action(async (script: string, flags: WatchFlags) => {
    const { watchScript } = await import('./watch-script.js')
    exit(await watchScript(script, flags, signal))
  })
}
