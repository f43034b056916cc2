// The real program over its stdin and stdout, asked by a scripted client.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node'
import { FILM } from '../language/cursor.js'

const PROGRAM = fileURLToPath(new URL('../../bin/storyreel.js', import.meta.url))

let folder: string
let client: Client
type Published = {
  uri: string
  version: number
  diagnostics: { range: object; code: string; message: string; data?: object }[]
}

class Client {
  readonly #child = spawn(process.execPath, [PROGRAM, 'lsp', '--stdio', '--cache-dir', join(folder, 'cache')])
  readonly connection: MessageConnection
  readonly ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve))
  readonly published: Published[] = []
  readonly shown: { type: number; message: string }[] = []
  #wake = () => {}
  stderr = ''

  constructor() {
    this.#child.stderr.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.connection = createMessageConnection(
      new StreamMessageReader(this.#child.stdout),
      new StreamMessageWriter(this.#child.stdin),
    )
    this.connection.onNotification('textDocument/publishDiagnostics', (params: Published) => {
      this.published.push(params)
      this.#wake()
    })
    this.connection.onNotification('window/showMessage', (params) => void this.shown.push(params))
    this.connection.onRequest('window/workDoneProgress/create', () => null)
    this.connection.listen()
  }

  async start() {
    await this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
    })
    await this.connection.sendNotification('initialized', {})
  }

  open(uri: string, text: string) {
    const textDocument = { uri, languageId: 'yaml', version: 1, text }
    return this.connection.sendNotification('textDocument/didOpen', { textDocument })
  }

  change(uri: string, version: number, text: string) {
    return this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    })
  }

  ask<T>(method: string, params: object): Promise<T> {
    return this.connection.sendRequest<T>(`textDocument/${method}`, params)
  }

  async diagnosticsOf(uri: string, version: number): Promise<Published> {
    for (;;) {
      const found = this.published.find((each) => each.uri === uri && each.version === version)
      if (found) return found
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async stop() {
    await this.connection.sendRequest('shutdown')
    await this.connection.sendNotification('exit')
    return this.ended
  }

  kill = () => void this.#child.kill('SIGKILL')
  closeInput = () => void this.#child.stdin.end()
}

const positionIn = (text: string, offset: number) => {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length - 1, character: before.at(-1)!.length }
}
/** The film with the cursor behind the first letter of a part of it. */
const placeOf = (part: string, uri: string, text = FILM) => ({
  textDocument: { uri },
  position: positionIn(text, text.indexOf(part) + 1),
})

const whitePng = () =>
  sharp({ create: { width: 2, height: 2, channels: 3, background: '#fff' } })
    .png()
    .toBuffer()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-lsp-'))
  client = new Client()
  await client.start()
})
afterEach(() => {
  client.kill()
  rmSync(folder, { recursive: true, force: true })
})

describe('the language server', () => {
  const uri = 'file:///stories/story.reel.yaml'

  test('tells of files that are missing, until they are there', async () => {
    const script = pathToFileURL(join(folder, 'film.reel.yaml')).href
    const text = 'shots:\n  - image: sea.png\n'
    await client.open(script, text)
    const { diagnostics } = await client.diagnosticsOf(script, 1)
    expect(diagnostics).toMatchObject([
      { code: 'file/missing', range: { start: { line: 1, character: 11 }, end: { line: 1, character: 18 } } },
    ])
    writeFileSync(join(folder, 'sea.png'), await whitePng())
    await client.change(script, 2, `${text}\n`)
    expect((await client.diagnosticsOf(script, 2)).diagnostics).toEqual([])
  })

  test('tells faults as check does, with the edit that mends them, and takes them back', async () => {
    const broken = 'shots:\n  - {card: 船, camra: hold}\n'
    await client.open(uri, broken)
    const { diagnostics } = await client.diagnosticsOf(uri, 1)
    expect(diagnostics).toMatchObject([
      {
        code: 'shot/unknown-key',
        range: { start: { line: 1, character: 14 }, end: { line: 1, character: 19 } },
        source: 'storyreel',
        severity: 1,
      },
    ])
    expect(diagnostics[0]!.message).toContain('did you mean "camera"?')
    const [action] = await client.ask<{ edit: { changes: Record<string, { newText: string }[]> } }[]>(
      'codeAction',
      {
        textDocument: { uri },
        range: diagnostics[0]!.range,
        context: { diagnostics },
      },
    )
    expect(action!.edit.changes[uri]).toMatchObject([{ newText: 'camera' }])
    await client.change(uri, 2, broken.replace('camra', 'camera'))
    expect((await client.diagnosticsOf(uri, 2)).diagnostics).toEqual([])
  })

  test('warns of what the embedded model does not draw', async () => {
    await client.open(uri, '- a submarine\n')
    const { diagnostics } = await client.diagnosticsOf(uri, 1)
    expect(diagnostics.map(({ code }) => code)).toEqual(['model/unknown-word'])
  })

  test('completes, hovers, defines, refers, renames, outlines, folds', async () => {
    const text = FILM.replace('- TOM stands', '- TOM@ stands')
    await client.open(uri, text)
    const at = positionIn(text, text.indexOf('TOM@ stands') + 4)
    const items = await client.ask<{ label: string; textEdit: object }[]>('completion', {
      textDocument: { uri },
      position: at,
    })
    expect(items.map(({ label }) => label)).toEqual(['8', '30', 'storm'])
    expect(items[0]!.textEdit).toEqual({ range: { start: at, end: at }, newText: '8' })

    await client.change(uri, 2, FILM)
    const hover = await client.ask<{ contents: { value: string } }>('hover', placeOf('stands', uri))
    expect(hover.contents.value).toContain('a boy with red hair stands on the left')
    const definition = await client.ask<{ range: { start: object } }>(
      'definition',
      placeOf('TOM stands', uri),
    )
    expect(definition.range.start).toEqual({ line: 2, character: 2 })
    const context = { includeDeclaration: false }
    const references = await client.ask<object[]>('references', { ...placeOf('TOM stands', uri), context })
    expect(references).toHaveLength(4)
    const rename = await client.ask<{ changes: Record<string, object[]> }>('rename', {
      ...placeOf('TOM stands', uri),
      newName: 'TIM',
    })
    expect(rename.changes[uri]).toHaveLength(5)
    await expect(client.ask('rename', { ...placeOf('TOM stands', uri), newName: 'OLD FOX' })).rejects.toThrow(
      /already/,
    )
    const symbols = await client.ask<{ name: string }[]>('documentSymbol', { textDocument: { uri } })
    expect(symbols.map(({ name }) => name)).toContain('EXT. HARBOUR - DAWN')
    const folds = await client.ask<object[]>('foldingRange', { textDocument: { uri } })
    expect(folds).toContainEqual({ startLine: 13, endLine: 18 })
  })

  test('renders a shot by its lens, and shows its picture in the hover afterwards', async () => {
    const path = join(folder, 'story.yaml')
    const file = pathToFileURL(path).href
    const text = 'size: 320x192\nshots:\n  - prompt: a fox\n    duration: 2f\n  - a boat, sea\n'
    writeFileSync(path, text)
    await client.open(file, text)
    const [lens] = await client.ask<{ command: { command: string; arguments: unknown[] } }[]>('codeLens', {
      textDocument: { uri: file },
    })
    const { command, arguments: given } = lens!.command
    const film = await client.connection.sendRequest<string>('workspace/executeCommand', {
      command,
      arguments: given,
    })
    expect(film).toBe(join(folder, 'story.line-3.mp4'))
    expect(readFileSync(film).subarray(4, 8).toString('latin1')).toBe('ftyp')
    expect(client.shown.map(({ message }) => message)).toEqual([film])
    const hover = await client.ask<{ contents: { value: string } }>('hover', placeOf('fox', file, text))
    const picture = /!\[1\.1\]\((file:.*\.png)\)/.exec(hover.contents.value)![1]!
    expect(readFileSync(fileURLToPath(picture)).subarray(1, 4).toString('latin1')).toBe('PNG')
    const other = await client.ask<{ contents: { value: string } }>('hover', placeOf('a boat', file, text))
    expect(other.contents.value).not.toContain('![')
  })

  test('tells why a shot could not be rendered', async () => {
    const gone = pathToFileURL(join(folder, 'gone.yaml')).href
    const arguments_ = [gone, 1]
    await expect(
      client.connection.sendRequest('workspace/executeCommand', {
        command: 'storyreel.renderShot',
        arguments: arguments_,
      }),
    ).rejects.toThrow(/can't read the script/)
  })

  test('ends with 0 after a goodbye', async () => {
    expect(await client.stop()).toBe(0)
    expect(client.stderr).toBe('')
  })

  test('ends when its client goes away', async () => {
    client.closeInput()
    expect(await client.ended).toBe(1)
  })
})
