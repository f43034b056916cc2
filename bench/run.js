// npm run bench [-- NAME…]: the figures that matter, each a ratio of two things measured side by side in one run.
// Build first; run it on a machine that does nothing else.

import { frames } from './frames.js'
import { interpolation } from './interpolation.js'
import { keyframe } from './keyframe.js'
import { language } from './language.js'
import { batch, large } from './large.js'
import { memory } from './memory.js'
import { optimum } from './optimum.js'
import { sessions } from './sessions.js'
import { watch } from './watch.js'
import { edit, still, unchanged, version } from './whole.js'

const benches = {
  watch,
  version,
  still,
  keyframe,
  unchanged,
  edit,
  frames,
  memory,
  interpolation,
  language,
  large,
  batch,
  optimum,
  sessions,
}
const chosen = process.argv.slice(2)

for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  for await (const { what, ratio, detail } of await bench()) {
    process.stdout.write(`${name.padEnd(13)} ${ratio.toFixed(3).padStart(8)}  ${what}  (${detail})\n`)
  }
}
