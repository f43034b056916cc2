// Asks the terminal what pictures it can show.

import type { Child, Host } from '../host/host.js'
import {
  chooseGraphics,
  type Graphics,
  isAnswered,
  QUESTION,
  type ThumbnailMode,
} from '../preview/terminal/graphics.js'

const PATIENCE_MS = 400

/** Pictures go to stderr, with all other talk; where that or stdin is no terminal, there are none. */
export async function askTerminal(mode: ThumbnailMode, host: Host): Promise<Graphics> {
  const { stdin, stderr } = process
  const isTerminal = Boolean(stderr.isTTY && stdin.isTTY) && !host.env.CI
  if (mode === 'none' || (mode === 'auto' && !isTerminal)) return chooseGraphics('', { NO_COLOR: '1' }, null)
  const reply = isTerminal ? await replyOf() : ''
  const tmux = host.env.TMUX ? await askTmux(host) : null
  const graphics = chooseGraphics(reply, host.env, tmux)
  if (mode === 'auto') return graphics
  return { ...graphics, protocol: mode === 'kitty' && tmux ? 'placed' : mode }
}

function replyOf(): Promise<string> {
  const { stdin, stderr } = process
  return new Promise((resolve) => {
    let reply = ''
    const end = () => {
      clearTimeout(timer)
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      resolve(reply)
    }
    const onData = (data: Buffer) => {
      reply += data.toString('latin1')
      if (isAnswered(reply)) end()
    }
    const timer = setTimeout(end, PATIENCE_MS)
    stdin.setRawMode(true)
    stdin.on('data', onData)
    stderr.write(QUESTION)
  })
}

async function askTmux(host: Host) {
  const [passthrough, terminal] = await Promise.all([
    output(host.spawn('tmux', ['show-options', '-Apv', 'allow-passthrough'])),
    output(host.spawn('tmux', ['display-message', '-p', '#{client_termname} #{client_termtype}'])),
  ])
  return { passthrough, terminal }
}

async function output({ stdout, done }: Child): Promise<string> {
  let text = ''
  stdout.on('data', (data) => {
    text += data
  })
  await done.catch(() => {})
  return text
}
