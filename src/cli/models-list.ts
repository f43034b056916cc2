import type { ModelDescription } from '../models/describe-model.js'
import type { InstalledModel } from '../models/installed.js'
import { formatMegabytes, formatSizes } from './models-words.js'
import type { Verb } from './program.js'

export const modelsListVerb: Verb = (models) => {
  models
    .command('list')
    .description('The models that can be named: the embedded and the installed ones; and those to pull')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  storyreel models list')
    .action(async (flags: { json?: boolean }) => {
      const [
        { nodeHost },
        { findModel, listModels },
        { describeModel },
        { CATALOGUE },
        { catalogueLines },
        { listPreviews },
      ] = await Promise.all([
        import('../host/node-host.js'),
        import('../models/find-model.js'),
        import('../models/describe-model.js'),
        import('../models/catalogue.js'),
        import('./models-catalogue.js'),
        import('../models/installed.js'),
      ])
      const host = nodeHost()
      const described: ModelDescription[] = []
      for (const name of await listModels(host))
        described.push(await describeModel(await findModel(name, host), host))
      const decoders = (await listPreviews(host)).map(decoderOf)
      const here = [...described, ...decoders].map(({ name }) => name)
      const toPull = CATALOGUE.filter(({ name }) => !here.includes(name))
      process.stdout.write(
        flags.json
          ? `${JSON.stringify({ models: described, decoders, catalogue: toPull }, null, 2)}\n`
          : described.map(blockOf).join('') +
              decoders.map(decoderBlock).join('') +
              catalogueLines(toPull).join('\n'),
      )
    })
}

function blockOf(model: ModelDescription): string {
  const facts = [
    model.family ?? 'unusable',
    ...(model.sizes.length > 0 ? [formatSizes(model.sizes)] : []),
    formatMegabytes(model.bytes),
    model.licence ?? 'licence unknown',
    ...(model.isEmbedded ? ['embedded'] : []),
  ]
  const lines = [`${model.name}  ${facts.join(' · ')}`, `    ${model.path}`]
  if (model.problem !== null) lines.push(`    ${model.problem}`)
  return `${lines.join('\n')}\n`
}

type Decoder = { name: string; path: string; bytes: number; licence: string | null }

const decoderOf = ({ name, path, record }: InstalledModel): Decoder => ({
  name,
  path,
  bytes: record.files.reduce((sum, { size }) => sum + size, 0),
  licence: record.licence,
})

const decoderBlock = ({ name, path, bytes, licence }: Decoder): string =>
  `${name}  decoder for drafts · ${formatMegabytes(bytes)} · ${licence ?? 'licence unknown'}\n    ${path}\n`
