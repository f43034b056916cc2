import { EXIT } from '../diagnostic/failure.js'
import type { InstalledModel } from '../models/installed.js'
import { openTransferView } from './models-transfer.js'
import { formatMegabytes } from './models-words.js'
import type { Verb } from './program.js'

export const modelsVerifyVerb: Verb = (models, { signal, exit }) => {
  models
    .command('verify')
    .description('Compare every file of the installed models with its recorded digest')
    .argument('[name]', 'one model; without it, all that were pulled or added')
    .addHelpText('after', '\nExamples:\n  storyreel models verify\n  storyreel models verify sd-1.5')
    .action(async (name: string | undefined) => {
      const [{ nodeHost }, { modelsFolder }, { listInstalled }, { chooseInstalled }, { verifyModel }] =
        await Promise.all([
          import('../host/node-host.js'),
          import('../models/models-folder.js'),
          import('../models/installed.js'),
          import('../models/choose-installed.js'),
          import('../models/verify.js'),
        ])
      const host = nodeHost()
      const folder = modelsFolder(host)
      const chosen =
        name === undefined ? await listInstalled(folder, host) : [await chooseInstalled(name, folder, host)]
      if (chosen.length === 0) process.stdout.write(`no models are installed in ${folder}\n`)
      for (const model of chosen) {
        const total = sumBytes(model)
        const view = await openTransferView()
        const onBytes = (done: number) => view.on({ event: 'bytes', done, total })
        const damages = await verifyModel(model, { host, signal, onBytes }).finally(view.close)
        if (damages.length === 0) {
          const { length } = model.record.files
          process.stdout.write(`ok    ${model.name}: ${length} files, ${formatMegabytes(total)}\n`)
          continue
        }
        exit(EXIT.environment)
        for (const { path, problem } of damages)
          process.stdout.write(`FAIL  ${model.name}: ${path} ${problem}\n`)
        process.stdout.write(`      hint: ${repairOf(model)}\n`)
      }
    })
}

const sumBytes = ({ record }: InstalledModel): number => record.files.reduce((sum, { size }) => sum + size, 0)

function repairOf({ name, record: { origin } }: InstalledModel): string {
  if (origin.kind === 'hub')
    return `\`storyreel models pull ${origin.repo}@${origin.revision} --as ${name}\` gets only what is damaged`
  return `\`storyreel models add ${origin.kind === 'folder' ? origin.path : origin.url} --as ${name}\` gets it again`
}
