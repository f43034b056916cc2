// Paints with storyreel and says what it took, as JSON: the other side of tools/optimum/paint.py, with the same arguments.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { nodeHost } from '../dist/host/node-host.js'
import { encodePng } from '../dist/image/picture.js'
import { readModel } from '../dist/models/read-model.js'
import { openPainter } from '../dist/render/painter.js'
import { isInpaintingModel } from '../dist/render/painter-source.js'

const started = performance.now()
const text = (name) => [name, { type: 'string' }]
const { values } = parseArgs({
  options: Object.fromEntries(['model', 'threads', 'steps', 'size', 'guidance', 'runs', 'output'].map(text)),
})
const [width, height] = values.size.split('x').map(Number)
const model = await readModel({ name: 'bench', path: values.model }, nodeHost())
const painter = await openPainter(model, { device: 'cpu', threads: Number(values.threads) })
const importedAndOpened = performance.now() - started
const source = isInpaintingModel(model) ? rampAndMask() : null
const pictures = []
for (let run = 0; run < Number(values.runs); run++) {
  const began = performance.now()
  const { rgb } = await painter.paint({
    prompt: [{ prompt: `a fox in a meadow, take ${run}`, weight: 1 }],
    negative: '',
    seed: run,
    steps: Number(values.steps),
    guidance: Number(values.guidance),
    scheduler: model.defaults.scheduler,
    width,
    height,
    source,
  })
  pictures.push(performance.now() - began)
  if (values.output && run === 0) writeFileSync(values.output, await encodePng({ width, height, data: rgb }))
}
await painter.close()
process.stdout.write(`${JSON.stringify({ importedAndOpened, pictures })}\n`)

/** A grey ramp, of which the middle is painted anew. */
function rampAndMask() {
  const paintedBy = (grey) => {
    const data = new Uint8Array(width * height * 3)
    for (let i = 0; i < width * height; i++)
      data.fill(grey(i % width, Math.floor(i / width)), i * 3, i * 3 + 3)
    return { width, height, data }
  }
  const isMiddle = (at, side) => at >= Math.floor(side / 4) && at < Math.floor((side * 3) / 4)
  return {
    picture: paintedBy((x) => Math.floor((255 * x) / (width - 1))),
    mask: paintedBy((x, y) => (isMiddle(x, width) && isMiddle(y, height) ? 255 : 0)),
    strength: 1,
  }
}
