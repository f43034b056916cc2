import { Option } from 'commander'
import type { DiagnosticFormat } from '../diagnostic/format.js'
import type { Verb } from './program.js'

export const checkVerb: Verb = (program, { exit }) => {
  program
    .command('check')
    .description('Say what is wrong with scripts, with line and column, and render nothing')
    .argument('<script...>', 'scripts, or folders of them; - reads stdin')
    .addOption(
      new Option('--format <format>', 'how to print')
        .choices(['human', 'short', 'json', 'github'])
        .default(process.env.STORYREEL_DIAGNOSTIC_FORMAT ?? 'human'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  storyreel check --format short story.yaml   # as vim reads it\n  storyreel check --format github scripts/    # annotations in a pull request',
    )
    .action(async (scripts: string[], { format }: { format: DiagnosticFormat }) => {
      const { loadScript, showDiagnostics } = await import('./script-file.js')
      const { expandScripts } = await import('./script-paths.js')
      const loaded = []
      for (const script of expandScripts(scripts)) loaded.push(await loadScript(script))
      showDiagnostics(loaded, format, process.stdout)
      exit(loaded.every((l) => l.storyboard) ? 0 : 1)
    })
}
