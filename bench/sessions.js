// Opening and closing a model over and over: what is left of it in this process, and of its own processes.

import { readdirSync, readFileSync } from 'node:fs'
import { nodeHost } from '../dist/host/node-host.js'
import { findModel } from '../dist/models/find-model.js'
import { readModel } from '../dist/models/read-model.js'
import { openPainter } from '../dist/render/painter.js'
import { treeUsage } from './process.js'

const ROUNDS = 10

export async function sessions() {
  const host = nodeHost()
  const model = await readModel(await findModel('storybook', host), host)
  const bytes = []
  const files = []
  for (let i = 0; i <= ROUNDS; i++) {
    const painter = await openPainter(model, { device: 'cpu', threads: 2 })
    const request = { prompt: [{ prompt: `a fox, take ${i}`, weight: 1 }], negative: '', seed: i }
    await painter.paint({ ...request, ...model.defaults, ...model.sizes[0] })
    await painter.close()
    // Garbage is no leak: node --expose-gc.
    globalThis.gc?.()
    bytes.push(treeUsage(process.pid).bytes)
    files.push(readdirSync('/proc/self/fd').length)
  }
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim()
  const mega = (n) => `${(n / 1024 ** 2).toFixed(0)} MiB`
  return [
    {
      what: `memory after ${ROUNDS + 1} models opened and closed over after one`,
      ratio: bytes.at(-1) / bytes[0],
      detail: `${mega(bytes.at(-1))}, ${mega(bytes[0])}; ${files.at(-1)} open files, ${files[0]}; processes left: ${children || 'none'}`,
    },
  ]
}
