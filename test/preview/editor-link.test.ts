import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EditorLink, editorSocketPath, openEditorLink } from '../../src/preview/editor-link.js'
import { remoteCommand } from '../../src/preview/editor-remote.js'

let folder: string
let script: string
const links: EditorLink[] = []
const heard: unknown[] = []

const open = async (more: { path?: string } = {}) => {
  const link = await openEditorLink({
    script,
    path: join(folder, 's.sock'),
    onCursor: (line) => heard.push(line),
    onAgain: (isFinal) => heard.push({ isFinal }),
    ...more,
  })
  links.push(link)
  return link
}
const editor = (path: string) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect(path, () => resolve(socket)).on('error', reject)
  })
const settled = () => new Promise((resolve) => setTimeout(resolve, 50))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-link-'))
  script = join(folder, 'film.yaml')
  writeFileSync(script, '')
  heard.length = 0
})
afterEach(async () => {
  for (const link of links.splice(0)) await link.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the socket of editors', () => {
  test('hears where cursors are, a line at a time, and passes over what is no message', async () => {
    const { path } = await open()
    const socket = await editor(path!)
    socket.write('{"cursor":{"line":7}}\n{"cur')
    await settled()
    socket.write(
      'sor":{"line":9}}\nnot json\nnull\n[]\n{"cursor":{"line":-1}}\n{"cursor":{"line":"7"}}\n{"again":{}}\n',
    )
    socket.write('{"again":{"isFinal":true}}\n')
    await settled()
    expect(heard).toEqual([7, 9, { isFinal: false }, { isFinal: true }])
  })

  test('tells all editors to show a line', async () => {
    const link = await open()
    const sockets = await Promise.all([editor(link.path!), editor(link.path!)])
    const told = sockets.map(
      (socket) => new Promise((resolve) => socket.once('data', (data) => resolve(JSON.parse(`${data}`)))),
    )
    await settled()
    expect(link.editors).toBe(2)
    link.jump(12)
    expect(await Promise.all(told)).toEqual(Array(2).fill({ jump: { file: script, line: 12 } }))
  })

  test('throws out who sends a line without end', async () => {
    const link = await open()
    const socket = await editor(link.path!)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => {})
    socket.write('x'.repeat(10_000))
    await closed
    expect(link.editors).toBe(0)
  })

  test('is only for its owner, and gone afterwards', async () => {
    const link = await open()
    expect(statSync(link.path!).mode & 0o777).toBe(0o600)
    await link.close()
    await expect(editor(join(folder, 's.sock'))).rejects.toThrow()
  })

  test('a second watch of the script leaves it to the first; one left behind is taken over', async () => {
    const first = await open()
    expect((await open()).path).toBeNull()
    await editor(first.path!)
    await first.close()
    writeFileSync(join(folder, 's.sock'), '')
    expect((await open()).path).not.toBeNull()
  })

  test('lies in a folder that others cannot enter', async () => {
    const env = { XDG_RUNTIME_DIR: folder }
    const path = editorSocketPath(script, env)
    expect(path).toMatch(/storyreel-\d+\/[0-9a-f]{16}\.sock$/)
    expect(editorSocketPath(join(folder, '.', 'film.yaml'), env)).toBe(path)
    const before = process.env.XDG_RUNTIME_DIR
    process.env.XDG_RUNTIME_DIR = folder
    try {
      mkdirSync(dirname(path))
      chmodSync(dirname(path), 0o755)
      const options = { script, onCursor: () => {}, onAgain: () => {} }
      await expect(openEditorLink(options)).rejects.toThrow('open to others')
      chmodSync(dirname(path), 0o700)
      links.push(await openEditorLink(options))
    } finally {
      if (before === undefined) delete process.env.XDG_RUNTIME_DIR
      else process.env.XDG_RUNTIME_DIR = before
    }
  })
})

test('editors that can be told from outside', () => {
  expect(remoteCommand({}, '/f', 3)).toBeNull()
  expect(remoteCommand({ EDITOR: 'vim' }, '/f', 3)).toBeNull()
  expect(remoteCommand({ EDITOR: 'gvim -f' }, '/f', 3)).toEqual(['gvim', '-f', '--remote-silent', '+3', '/f'])
  expect(remoteCommand({ VISUAL: 'code', EDITOR: 'vim' }, '/f', 3)).toEqual([
    'code',
    '--reuse-window',
    '--goto',
    '/f:3',
  ])
  expect(remoteCommand({ NVIM: '/run/n', EDITOR: 'code' }, "/it's", 3)).toEqual([
    'nvim',
    '--server',
    '/run/n',
    '--remote-expr',
    "[execute('drop ' .. fnameescape('/it''s')), cursor(3, 1)]",
  ])
})
