// Neovim's own client against the real server.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EDITORS, runInEditor } from './editor.js'

const neovim = EDITORS.find(({ command }) => command === 'nvim')!
const FILM = `cast:
  TOM:
    looks:
      8: a boy
      30: a man
shots:
  - TOM@8 in a meadow
  - {prompt: TOM@30, camra: hold}
`

describe.skipIf(!neovim.isThere)('Neovim with the language server', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'storyreel-nvim-'))
    writeFileSync(join(folder, 'film.reel.yaml'), FILM)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('shows diagnostics, completes, hovers and renames', async () => {
    const lua = [
      "require('storyreel').setup()",
      "vim.cmd('edit film.reel.yaml')",
      'vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50)',
      'local d = vim.diagnostic.get(0)[1]',
      'vim.fn.Put({ d.lnum, d.col, d.code or d.user_data.lsp.code })',
      'local function ask(method, line, character, more)',
      '  local params = vim.tbl_extend("force", { textDocument = vim.lsp.util.make_text_document_params(0), position = { line = line, character = character } }, more or {})',
      '  for _, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/" .. method, params, 20000)) do return answer.result end',
      'end',
      'local labels = {}',
      'for _, item in ipairs(ask("completion", 6, 8)) do table.insert(labels, item.label) end',
      'vim.fn.Put(labels)',
      'vim.fn.Put(ask("hover", 6, 5).contents.value)',
      'local edit = ask("rename", 6, 5, { newName = "TIM" })',
      "vim.lsp.util.apply_workspace_edit(edit, 'utf-16')",
      'vim.fn.Put(vim.api.nvim_buf_get_lines(0, 6, 7, false)[1])',
      'vim.fn.Put(#vim.lsp.get_active_clients())',
    ]
    expect(await runInEditor(neovim, folder, ['lua << END', ...lua, 'END'])).toEqual([
      [7, 21, 'shot/unknown-key'],
      ['8', '30'],
      expect.stringContaining('**TOM**, 8 years old'),
      '  - TIM@8 in a meadow',
      1,
    ])
  })
})
