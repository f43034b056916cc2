// Paints many prompts as `storyreel still` does, with the models loaded once. Reads one JSON object a line on stdin,
// {"caption", "seed", "output"}; the model (a name or a folder) is the only argument. evaluate.py compares some of the
// pictures with those of `storyreel still` itself, pixel by pixel.

import { createInterface } from 'node:readline'
import { encodePng } from '../../dist/image/picture.js'
import { studio } from '../../dist/index.js'

const name = process.argv[2]
const using = studio()
const signal = new AbortController().signal
const { defaults, sizes } = await using.model(name)
const painter = await using.openPainter(name, signal)
for await (const line of createInterface({ input: process.stdin })) {
  const { caption, seed, output } = JSON.parse(line)
  const { steps, guidance, scheduler } = defaults
  const prompt = [{ prompt: caption, weight: 1 }]
  const { rgb, width, height } = await painter.paint(
    { prompt, negative: '', seed, steps, guidance, scheduler, ...sizes[0] },
    { signal },
  )
  await using.host.writeFileAtomic(output, await encodePng({ width, height, data: rgb }))
}
await painter.close()
