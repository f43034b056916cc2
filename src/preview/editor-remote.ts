// Editors that can be told from outside to show a line, for when none is on the socket. Pure.

import { basename } from 'node:path'

/** The command that does it; null when the environment names no editor that listens. */
export function remoteCommand(
  env: Readonly<Record<string, string | undefined>>,
  file: string,
  line: number,
): string[] | null {
  // A terminal inside Neovim.
  if (env.NVIM)
    return [
      'nvim',
      '--server',
      env.NVIM,
      '--remote-expr',
      `[execute('drop ' .. fnameescape(${quoted(file)})), cursor(${line}, 1)]`,
    ]
  const [editor = '', ...flags] = (env.VISUAL || env.EDITOR || '').split(' ').filter((word) => word !== '')
  switch (basename(editor)) {
    case 'gvim':
    case 'mvim':
      return [editor, ...flags, '--remote-silent', `+${line}`, file]
    case 'code':
    case 'codium':
      return [editor, '--reuse-window', '--goto', `${file}:${line}`]
    case 'emacsclient':
      return [editor, '--no-wait', `+${line}`, file]
    default:
      return null
  }
}

/** A Vim script string. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
