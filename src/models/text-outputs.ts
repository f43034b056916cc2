// Which outputs of a text encoder a model hears.

import { environmentFailure } from '../diagnostic/failure.js'
import type { Graph, TextOutputs } from './model.js'

const INPUTS = ['input_ids', 'attention_mask']

/**
 * The last hidden state; of XL's encoders the one before, as its UNet was trained, and of the second one the whole prompt's
 * projected embedding too. Fails (exit 3) when the graph isn't such an encoder.
 */
export function textOutputs(name: string, graph: Graph, kind: 'only' | 'first' | 'second'): TextOutputs {
  const refuse = (why: string, hint: string) =>
    environmentFailure(`the model ${name} can't be used: ${graph.path} ${why}`, hint)
  const inputs = graph.inputs.map((input) => input.name)
  if (!inputs.includes('input_ids') || inputs.some((input) => !INPUTS.includes(input)))
    throw refuse('is no text encoder', `its inputs are ${inputs.join(', ')}`)
  const outputs = graph.outputs.map((output) => output.name)
  if (kind === 'only') {
    const hidden = outputs.includes('last_hidden_state') ? 'last_hidden_state' : outputs[0]!
    return { hidden, pooled: null }
  }
  const asXl = 'export it as part of a Stable Diffusion XL pipeline'
  const penultimate = hiddenStates(outputs).at(-2)
  if (penultimate === undefined) throw refuse('gives no hidden_states', asXl)
  const isProjected = outputs.includes('text_embeds')
  if (kind === 'second' && !isProjected) throw refuse('gives no text_embeds', asXl)
  return { hidden: penultimate, pooled: kind === 'second' ? 'text_embeds' : null }
}

/** From the embeddings before the first layer to the output of the last. */
function hiddenStates(outputs: readonly string[]): string[] {
  const layerOf = (output: string) => Number(/^hidden_states[._](\d+)$/.exec(output)?.[1] ?? -1)
  return outputs.filter((output) => layerOf(output) >= 0).sort((a, b) => layerOf(a) - layerOf(b))
}
