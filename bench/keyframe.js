// A keyframe of the embedded model, from words to pixels with the models loaded, over the time that it may take; opening the
// models apart. On two threads, whatever there is.

import { nodeHost } from '../dist/host/node-host.js'
import { findModel } from '../dist/models/find-model.js'
import { readModel } from '../dist/models/read-model.js'
import { openPainter } from '../dist/render/painter.js'
import { median } from './process.js'

const LIMIT_MS = { full: 400, preview: 150 }
const THREADS = 2
const RUNS = 15

/** Each one new, so that nothing is remembered. */
const prompt = (i) =>
  `wide shot of an old man with a white beard on the left and a fox, harbour, dawn, take ${i}`

export async function keyframe() {
  const host = nodeHost()
  const model = await readModel(await findModel('storybook', host), host)
  const [size] = model.sizes
  const results = []
  for (const decoder of ['full', 'preview']) {
    const started = performance.now()
    const painter = await openPainter(model, { decoder, threads: THREADS })
    const openMs = performance.now() - started
    const taken = []
    try {
      for (let i = 0; i <= RUNS; i++) {
        const request = {
          prompt: [{ prompt: prompt(i), weight: 1 }],
          negative: '',
          seed: i,
          ...model.defaults,
          ...size,
        }
        const { timings } = await painter.paint(request)
        if (i > 0) taken.push(timings)
      }
    } finally {
      await painter.close()
    }
    const ms = (of) => median(taken.map(of)).toFixed(0)
    const total = median(taken.map((t) => t.total))
    const parts = `text ${ms((t) => t.text)}, unet ${ms((t) => t.unet.reduce((a, b) => a + b, 0))}, vae ${ms((t) => t.vae)}`
    results.push({
      what: `keyframe${decoder === 'full' ? '' : ' of a draft'} over ${LIMIT_MS[decoder]} ms`,
      ratio: total / LIMIT_MS[decoder],
      detail: `${total.toFixed(0)} ms: ${parts}; opened in ${openMs.toFixed(0)} ms`,
    })
  }
  return results
}
