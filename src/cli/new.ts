import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileFailure, usageFailure } from '../diagnostic/failure.js'
import type { Verb } from './program.js'
import { SCHEMA_FILE, schemaText } from './schema.js'

const TEMPLATE = `# yaml-language-server: $schema=./${SCHEMA_FILE}
# A storyreel script. Render it:  storyreel render FILE
title: The Fox and the Lighthouse
size: 960x576
fps: 24
seed: 7
style: storybook illustration

cast:
  TOM: an old man with a white beard in a blue coat
  FOX: an orange fox

places:
  HARBOUR: a village by the sea

scenes:
  - scene: EXT. HARBOUR - DAWN
    shots:
      - card: The Fox and the Lighthouse
        duration: 2s
      - prompt: TOM stands on the left, a lighthouse on the right
        transition: dissolve 1s
        camera: push in
      - close-up of TOM

  - scene: EXT. MEADOW - SUNSET
    transition: fade black 1s
    shots:
      - prompt: FOX on the right
        camera: pan left
      - prompt: TOM on the left and FOX on the right
        duration: 4s
        camera: pull out
`

export const newVerb: Verb = (program) => {
  program
    .command('new')
    .description('Write a small script to start from, and beside it the schema that editors check it with')
    .argument('[file]', 'the script to write', 'story.yaml')
    .addHelpText('after', '\nExample:\n  storyreel new story.yaml && vim story.yaml')
    .action(async (file: string) => {
      try {
        await writeFile(file, TEMPLATE.replace('FILE', file), { flag: 'wx' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
          throw usageFailure(`${file} is there already`, 'choose another name; nothing was changed')
        }
        throw fileFailure(error, `can't write ${file}`)
      }
      await writeFile(join(dirname(file), SCHEMA_FILE), schemaText(), { flag: 'wx' }).catch((error) => {
        if (error.code !== 'EEXIST') throw fileFailure(error, `can't write ${SCHEMA_FILE}`)
      })
      process.stdout.write(`${file}\n`)
    })
}
