import { modelsAddVerb } from './models-add.js'
import { modelsListVerb } from './models-list.js'
import { modelsPullVerb } from './models-pull.js'
import { modelsRemoveVerb } from './models-remove.js'
import { modelsShowVerb } from './models-show.js'
import { modelsVerifyVerb } from './models-verify.js'
import type { Verb } from './program.js'

/** Each of its verbs is a file `models-….ts`; they hang below `storyreel models`. */
const verbs: Verb[] = [
  modelsListVerb,
  modelsShowVerb,
  modelsPullVerb,
  modelsAddVerb,
  modelsVerifyVerb,
  modelsRemoveVerb,
]

export const modelsVerb: Verb = (program, context) => {
  const models = program.command('models').description('The models that pictures are painted with')
  for (const verb of verbs) verb(models, context)
}
