import { wholeNumber } from './options.js'
import type { Verb } from './program.js'

type TweenFlags = { output: string; count: number; model: string; fps: number }

export const tweenVerb: Verb = (program, { signal }) => {
  program
    .command('tween')
    .description('Make the frames between two pictures')
    .argument('<a>', 'first picture')
    .argument('<b>', 'last picture')
    .requiredOption(
      '-o, --output <file>',
      'a film (OUT.mp4, with both ends) or pictures (OUT-%04d.png, without)',
    )
    .option('-n, --count <n>', 'how many in-betweens', wholeNumber, 7)
    .option('--model <name>', 'interpolation model: blend, a plain cross-fade', 'blend')
    .option('--fps <n>', 'frames a second of a film', wholeNumber, 24)
    .option('--device <device>', 'where to interpolate: auto or cpu', 'auto')
    .addHelpText('after', '\nExample:\n  storyreel tween a.png b.png -n 23 -o ab.mp4')
    .action(async (a: string, b: string, flags: TweenFlags) => {
      const { tween } = await import('../render/tween.js')
      for (const file of await tween(a, b, flags, signal)) process.stdout.write(`${file}\n`)
    })
}
