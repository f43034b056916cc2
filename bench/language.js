// The language server: what it takes to answer right after an edit, on a script of 1,000 lines, from the client's side.

import { spawn } from 'node:child_process'

import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node'
import { median, program } from './process.js'

const LIMIT_MS = 50
const EDITS = 40

/** 1,000 lines: a cast of 20, then scenes of eight shots. */
function longScript() {
  const names = Array.from({ length: 20 }, (_, i) => `MEMBER ${String.fromCharCode(65 + i)}B`)
  const cast = names.map((name, i) => `  ${name}: a man with red hair in a ${i % 2 ? 'blue' : 'green'} coat`)
  const lines = ['title: Long', 'cast:', ...cast, 'scenes:']
  for (let scene = 0; lines.length < 990; scene++) {
    lines.push(`  - scene: EXT. HARBOUR ${scene} - DAWN`, '    shots:')
    for (let shot = 0; shot < 4; shot++) {
      lines.push(
        `      - prompt: ${names[(scene + shot) % 20]} stands on the left, ${names[shot]} on the right`,
      )
      lines.push('        camera: push in 1.1x')
    }
  }
  return `${lines.join('\n')}\n`
}

export async function language() {
  const child = spawn(process.execPath, [program, 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const client = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  client.listen()
  const uri = 'file:///long.reel.yaml'
  const text = longScript()
  const line = text.split('\n').findLastIndex((each) => each.includes('prompt:'))
  await client.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} })
  await client.sendNotification('initialized', {})
  const textDocument = { uri, languageId: 'yaml', version: 1, text }
  await client.sendNotification('textDocument/didOpen', { textDocument })
  const took = { completion: [], hover: [] }
  for (let version = 2; version < EDITS + 2; version++) {
    const character = 16
    const at = { line, character }
    await client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: at, end: at }, text: 'a ' }],
    })
    const method = version % 2 ? 'hover' : 'completion'
    const startedMs = performance.now()
    const answer = await client.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position: at })
    took[method].push(performance.now() - startedMs)
    if (!answer) throw new Error(`no ${method}`)
  }
  await client.sendRequest('shutdown')
  await client.sendNotification('exit')
  return Object.entries(took).map(([method, ms]) => ({
    what: `${method} after an edit of ${text.split('\n').length} lines, over ${LIMIT_MS} ms`,
    ratio: median(ms) / LIMIT_MS,
    detail: `median ${median(ms).toFixed(1)} ms, slowest ${Math.max(...ms).toFixed(1)} ms`,
  }))
}
