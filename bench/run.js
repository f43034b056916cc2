// npm run bench [-- NAME…]: the figures that matter, each a ratio of two things measured side by side in one run.
// Build first; run it on a machine that does nothing else.

import { frames } from './frames.js'
import { memory } from './memory.js'
import { edit, still, unchanged, version } from './whole.js'

const benches = { version, still, unchanged, edit, frames, memory }
const chosen = process.argv.slice(2)

for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  for (const { what, ratio, detail } of await bench()) {
    process.stdout.write(`${name.padEnd(10)} ${ratio.toFixed(3).padStart(8)}  ${what}  (${detail})\n`)
  }
}
