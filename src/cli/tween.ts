import { Option } from 'commander'
import type { TweenRequest } from '../render/tween.js'
import { deviceOption, wholeNumber } from './options.js'
import type { Verb } from './program.js'

export const tweenVerb: Verb = (program, { signal }) => {
  program
    .command('tween')
    .description('Make the frames between two pictures, or more frames for a clip')
    .argument('<a>', 'first picture; or a folder of pictures, or a clip')
    .argument('[b]', 'last picture')
    .requiredOption(
      '-o, --output <file>',
      'a film (OUT.mp4, with the given frames) or pictures (OUT-%04d.png, the in-betweens alone)',
    )
    .option('-n, --count <n>', 'in-betweens of each pair (default: 7 for two pictures, else 1)', wholeNumber)
    .option('--model <name>', 'interpolation model: a name, a folder or an .onnx file, or blend')
    .addOption(
      new Option('--motion <motion>', 'for all pairs (default: by what they look like)').choices([
        ...['hold', 'dissolve', 'morph', 'cut'],
      ]),
    )
    .option('--fps <n>', "frames a second of a film (default: 24, or what keeps a clip's speed)", wholeNumber)
    .addOption(deviceOption('where to interpolate'))
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel tween a.png b.png -n 23 -o ab.mp4\n  storyreel tween clip.mp4 -n 3 -o smooth.mp4\n  storyreel tween frames/ -o between-%04d.png',
    )
    .action(async (a: string, b: string | undefined, flags: TweenRequest) => {
      const { tweenFiles } = await import('./tween-files.js')
      await tweenFiles(a, b ?? null, flags, signal)
    })
}
