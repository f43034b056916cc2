// The verbs, and what becomes of their failures.

import { Command, CommanderError } from 'commander'
import { EXIT } from '../diagnostic/failure.js'
import { formatReport, reportOf } from '../diagnostic/report.js'
import { cacheVerb } from './cache.js'
import { checkVerb } from './check.js'
import { diffVerb } from './diff.js'
import { doctorVerb } from './doctor.js'
import { explainVerb } from './explain.js'
import { interruption } from './interruption.js'
import { lockVerb } from './lock.js'
import { lspVerb } from './lsp.js'
import { version } from './main.js'
import { modelsVerb } from './models.js'
import { newVerb } from './new.js'
import { renderVerb } from './render.js'
import { schemaVerb } from './schema.js'
import { stillVerb } from './still.js'
import { tweenVerb } from './tween.js'
import { watchVerb } from './watch.js'

/** What a verb may use: it returns its exit code. */
export type Verb = (program: Command, context: VerbContext) => void
export type VerbContext = { signal: AbortSignal; exit: (code: number) => void }

const verbs: Verb[] = [
  renderVerb,
  watchVerb,
  checkVerb,
  explainVerb,
  diffVerb,
  stillVerb,
  tweenVerb,
  newVerb,
  lockVerb,
  modelsVerb,
  cacheVerb,
  schemaVerb,
  lspVerb,
  doctorVerb,
]

export async function run(argv: string[]): Promise<number> {
  let code: number = EXIT.good
  const { signal, release } = interruption()
  // A reader that went away (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.good)
  })
  const program = new Command('storyreel')
    .description('Renders a text script into a film. What did not change is not made again.')
    .version(version(), '-V, --version')
    .helpCommand(false)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel new story.yaml\n  storyreel render story.yaml\n  storyreel explain story.yaml\n' +
        '\nExit status: 0 good, 1 the script has errors, 2 usage, 3 environment (ffmpeg, model, disk), 4 a render failed, 130 interrupted.',
    )
  for (const verb of verbs) verb(program, { signal, exit: (c) => (code = c) })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage
    const report = reportOf(error, signal)
    process.stderr.write(formatReport(report))
    return report.exitCode
  } finally {
    release()
    // Everything is cleaned up; what still winds down (a loading model, a thread of sharp's) is not worth waiting for.
    if (signal.aborted) process.exit(EXIT.interrupted)
  }
}
