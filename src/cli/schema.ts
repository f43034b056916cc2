import { writeFile } from 'node:fs/promises'
import { fileFailure } from '../diagnostic/failure.js'
import { scriptSchema } from '../script/schema.js'
import type { Verb } from './program.js'

/** As the modeline of a new script names it. */
export const SCHEMA_FILE = 'script.schema.json'

export const schemaText = (): string => `${JSON.stringify(scriptSchema(), null, 2)}\n`

export const schemaVerb: Verb = (program) => {
  program
    .command('schema')
    .description('Print the JSON Schema of scripts, for editors that check YAML')
    .option('-o, --output <file>', 'write it to a file')
    .addHelpText('after', `\nExample:\n  storyreel schema -o ${SCHEMA_FILE}`)
    .action(async ({ output }: { output?: string }) => {
      if (output === undefined) {
        process.stdout.write(schemaText())
        return
      }
      await writeFile(output, schemaText()).catch((error) => {
        throw fileFailure(error, `can't write ${output}`)
      })
      process.stdout.write(`${output}\n`)
    })
}
