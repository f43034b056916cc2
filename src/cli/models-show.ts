import type { ModelDescription } from '../models/describe-model.js'
import type { ModelVocabulary } from '../models/vocabulary.js'
import { formatMegabytes, formatSizes } from './models-words.js'
import type { Verb } from './program.js'

export const modelsShowVerb: Verb = (models) => {
  models
    .command('show')
    .description('All about one model; of a small one also the words that it knows')
    .argument('<model>', 'a name or a folder')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel models show storybook\n  storyreel models show ./my-model',
    )
    .action(async (name: string, flags: { json?: boolean }) => {
      const [
        { nodeHost },
        { findModel },
        { describeModel },
        { modelDigest },
        { readVocabulary },
        { studio },
      ] = await Promise.all([
        import('../host/node-host.js'),
        import('../models/find-model.js'),
        import('../models/describe-model.js'),
        import('../models/digest.js'),
        import('../models/vocabulary.js'),
        import('../index.js'),
      ])
      const host = nodeHost()
      const folder = await findModel(name, host)
      const model = await describeModel(folder, host)
      const remembered = (await studio().store.readRecord('model-digests')) ?? {}
      const { digest } = await modelDigest(folder, host, remembered)
      const vocabulary = await readVocabulary(folder, host)
      process.stdout.write(
        flags.json
          ? `${JSON.stringify({ ...model, digest, vocabulary }, null, 2)}\n`
          : `${factsOf(model, digest).join('\n')}\n${vocabulary ? `\n${wordsOf(vocabulary).join('\n')}\n` : ''}`,
      )
    })
}

function factsOf(model: ModelDescription, digest: string): string[] {
  const row = (what: string, value: string) => `${what.padEnd(10)} ${value}`
  const { defaults } = model
  return [
    row('name', model.name),
    row('path', model.path),
    row('licence', model.licence ?? 'unknown: its folder has no card that says'),
    model.problem === null ? row('family', model.family!) : row('problem', model.problem),
    ...(defaults === null
      ? []
      : [
          row('pictures', formatSizes(model.sizes)),
          row(
            'defaults',
            `${defaults.steps} step${defaults.steps === 1 ? '' : 's'}, guidance ${defaults.guidance}, ${defaults.scheduler}`,
          ),
        ]),
    row('files', `${formatMegabytes(model.bytes)} (${partsOf(model)})`),
    row('digest', digest),
  ]
}

const partsOf = ({ parts }: ModelDescription): string =>
  parts.map(({ name, bytes }) => `${name} ${formatMegabytes(bytes)}`).join(', ') || 'no graphs'

/** Group by group, each value with its other words in brackets. */
function wordsOf({ model, groups, garments, undrawn }: ModelVocabulary): string[] {
  const lines = [`What ${model} draws; other words mean nothing to it:`]
  for (const [group, values] of Object.entries(groups)) {
    lines.push('', group)
    for (const [value, words] of Object.entries(values)) {
      const others = words.filter((word) => word !== value)
      lines.push(`  ${value}${others.length > 0 ? ` (${others.join(', ')})` : ''}`)
    }
  }
  lines.push('', 'clothes')
  for (const [figure, words] of Object.entries(garments)) lines.push(`  ${figure}: ${words.join(', ')}`)
  for (const [why, words] of Object.entries(undrawn))
    lines.push('', `read, but ${why}`, `  ${words.join(', ')}`)
  return lines
}
