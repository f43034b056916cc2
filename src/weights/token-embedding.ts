// Which weight of a text encoder is the table that token ids are looked up in.

import type { Initializer, OnnxGraph } from './onnx-graph.js'

/** Operators that leave ids what they are. */
const PASSING_IDS: readonly string[] = ['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']
/** Operators that a table may go through, where it is stored as halves. */
const PASSING_TABLES: readonly string[] = ['Cast', 'Identity']

/** Tokens × width; null where no plain lookup of the graph's ids is found, as in graphs that are fused or quantised. */
export function findTokenEmbedding({ nodes, initializers, inputs }: OnnxGraph): Initializer | null {
  const ids = new Set(inputs.filter(({ name }) => name === 'input_ids').map(({ name }) => name))
  const tables = new Map([...initializers].filter(([, { type, dims }]) => type !== null && dims.length === 2))
  for (const { domain, operator, inputs: given, outputs, attributes } of nodes) {
    if (domain !== '') continue
    const [first, second] = given
    const table = tables.get(first!)
    if (ids.has(first!) && PASSING_IDS.includes(operator)) ids.add(outputs[0]!)
    if (table === undefined) continue
    if (PASSING_TABLES.includes(operator)) tables.set(outputs[0]!, table)
    const isLookup = operator === 'Gather' && ids.has(second!) && (attributes.get('axis')?.[0] ?? 0) === 0
    if (isLookup) return table
  }
  return null
}
