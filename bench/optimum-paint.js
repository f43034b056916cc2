// Paints with storyreel and says what it took, as JSON: the other side of tools/optimum/paint.py, with the same arguments.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { nodeHost } from '../dist/host/node-host.js'
import { encodePng } from '../dist/image/picture.js'
import { readModel } from '../dist/models/read-model.js'
import { openPainter } from '../dist/render/painter.js'

const started = performance.now()
const text = (name) => [name, { type: 'string' }]
const { values } = parseArgs({
  options: Object.fromEntries(['model', 'threads', 'steps', 'size', 'guidance', 'runs', 'output'].map(text)),
})
const [width, height] = values.size.split('x').map(Number)
const model = await readModel({ name: 'bench', path: values.model }, nodeHost())
const painter = await openPainter(model, { device: 'cpu', threads: Number(values.threads) })
const importedAndOpened = performance.now() - started
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
  })
  pictures.push(performance.now() - began)
  if (values.output && run === 0) writeFileSync(values.output, await encodePng({ width, height, data: rgb }))
}
await painter.close()
process.stdout.write(`${JSON.stringify({ importedAndOpened, pictures })}\n`)
