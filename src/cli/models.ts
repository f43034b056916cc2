import { modelsListVerb } from './models-list.js'
import { modelsShowVerb } from './models-show.js'
import type { Verb } from './program.js'

/** Each of its verbs is a file `models-….ts`; they hang below `storyreel models`. */
const verbs: Verb[] = [modelsListVerb, modelsShowVerb]

export const modelsVerb: Verb = (program, context) => {
  const models = program.command('models').description('The models that pictures are painted with')
  for (const verb of verbs) verb(models, context)
}
