import { withTransfer } from './models-install.js'
import type { Verb } from './program.js'

export const modelsAddVerb: Verb = (models, { signal }) => {
  models
    .command('add')
    .description('Install a model from a folder, a web folder, or the address of a page on a hub')
    .argument('<place>', 'a folder or an http(s) address')
    .option('--as <name>', 'the name to install it under')
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel models add ./my-export --as mine\n  storyreel models add https://models.example/my-export',
    )
    .action((place: string, flags: { as?: string }) =>
      withTransfer(signal, flags, async (options) =>
        (await import('../models/pull.js')).addModel(place, options),
      ),
    )
}
