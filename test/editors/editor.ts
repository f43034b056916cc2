// A real vim or Neovim without a screen, with the plugin from this repository and nobody's settings.

import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url))

export const EDITORS = [
  { name: 'vim', command: 'vim', flags: ['-Nu', 'NONE', '-i', 'NONE', '-n', '-es'] },
  { name: 'Neovim', command: 'nvim', flags: ['--headless', '-u', 'NONE', '-i', 'NONE', '-n'] },
].map((editor) => ({ ...editor, isThere: spawnSync(editor.command, ['--version']).status === 0 }))

export type Editor = (typeof EDITORS)[number]

/** Runs lines of vim script; what they `Put(value)` comes back, in order. */
export async function runInEditor(
  { command, flags }: Editor,
  folder: string,
  lines: readonly string[],
): Promise<unknown[]> {
  const script = join(folder, 'test.vim')
  const output = join(folder, 'output.json')
  writeFileSync(
    script,
    [
      `set runtimepath^=${path('editors/vim')}`,
      'filetype plugin indent on',
      'syntax on',
      'set hidden modeline',
      `let g:storyreel_command = '${process.execPath} ${path('bin/storyreel.js')}'`,
      'let g:put = []',
      'function! Put(value) abort',
      '  call add(g:put, a:value)',
      'endfunction',
      'function! Finish() abort',
      `  call writefile([json_encode(g:put)], '${output}')`,
      '  qall!',
      'endfunction',
      'try',
      ...lines,
      'catch',
      "  call Put('failed: ' . v:exception . ' at ' . v:throwpoint)",
      'endtry',
      'call Finish()',
      '',
    ].join('\n'),
  )
  writeFileSync(output, '["the editor ended before its script"]')
  const child = spawn(command, [...flags, '-S', script], { cwd: folder, timeout: 120_000, stdio: 'ignore' })
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  return JSON.parse(readFileSync(output, 'utf8'))
}
