import { usageFailure } from '../diagnostic/failure.js'
import { formatMegabytes } from './models-words.js'
import type { Verb } from './program.js'

export const modelsRemoveVerb: Verb = (models, { signal }) => {
  models
    .command('remove')
    .description('Remove a model that was pulled or added; asks first')
    .argument('<name>', 'an installed model')
    .option('--yes', 'without asking')
    .addHelpText('after', '\nExample:\n  storyreel models remove sd-1.5 --yes')
    .action(async (name: string, flags: { yes?: boolean }) => {
      const [{ nodeHost }, { modelsFolder }, { chooseInstalled }, { removeModel }, { removeStaging }] =
        await Promise.all([
          import('../host/node-host.js'),
          import('../models/models-folder.js'),
          import('../models/choose-installed.js'),
          import('../models/remove.js'),
          import('../models/staging.js'),
        ])
      const host = nodeHost()
      const folder = modelsFolder(host)
      let model: Awaited<ReturnType<typeof chooseInstalled>>
      try {
        model = await chooseInstalled(name, folder, host)
      } catch (error) {
        // An installation that was never finished has nothing to ask about.
        if (!(await removeStaging(folder, name, host))) throw error
        process.stdout.write(`removed what was downloaded of ${name}\n`)
        return
      }
      const size = formatMegabytes(model.record.files.reduce((sum, file) => sum + file.size, 0))
      if (!flags.yes && !(await isAgreed(`remove ${model.name} (${size}) from ${folder}?`, signal))) {
        process.stdout.write('nothing was removed\n')
        return
      }
      await removeModel(model.name, folder, host)
      process.stdout.write(`removed ${model.name}, ${size}\n`)
    })
}

async function isAgreed(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usageFailure('nobody can be asked here whether to remove it', 'say --yes')
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl-C is for the whole program, and an input that ends has not agreed.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  const answer = lines.question(`${question} [y/N] `, { signal })
  try {
    return /^y(?:es)?$/i.test((await Promise.race([answer, ended])).trim())
  } finally {
    lines.close()
  }
}
