import type { ModelDescription } from '../models/describe-model.js'
import { formatMegabytes, formatSizes } from './models-words.js'
import type { Verb } from './program.js'

export const modelsListVerb: Verb = (models) => {
  models
    .command('list')
    .description('The models that can be named: the embedded ones and those found')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  storyreel models list')
    .action(async (flags: { json?: boolean }) => {
      const [{ nodeHost }, { findModel, listModels }, { describeModel }] = await Promise.all([
        import('../host/node-host.js'),
        import('../models/find-model.js'),
        import('../models/describe-model.js'),
      ])
      const host = nodeHost()
      const described: ModelDescription[] = []
      for (const name of await listModels(host))
        described.push(await describeModel(await findModel(name, host), host))
      process.stdout.write(
        flags.json ? `${JSON.stringify(described, null, 2)}\n` : described.map(blockOf).join(''),
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
