import { withTransfer } from './models-install.js'
import type { Verb } from './program.js'

export const modelsPullVerb: Verb = (models, { signal }) => {
  models
    .command('pull')
    .description('Get a model from the catalogue, or owner/name[@revision] from a Hugging Face hub')
    .argument('<model>', 'a name of `storyreel models list`, or owner/name[@revision]')
    .option('--as <name>', 'the name to install it under')
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel models pull sd-1.5\n  storyreel models pull CompVis/stable-diffusion-v1-4@onnx --as sd14\n' +
        '\nOnly the files of the ONNX pipeline are taken, each is compared with its digest, and nothing is installed by halves:\n' +
        'a second try goes on where the first one was cut. HF_ENDPOINT names another hub, HF_TOKEN opens models behind a\n' +
        'licence, HF_HUB_OFFLINE=1 takes what the hub client has in its cache, HTTPS_PROXY and NO_PROXY are honoured.',
    )
    .action((model: string, flags: { as?: string }) =>
      withTransfer(signal, flags, async (options) =>
        (await import('../models/pull.js')).pullModel(model, options),
      ),
    )
}
