import type { Verb } from './program.js'

export const lspVerb: Verb = (program, { exit }) => {
  program
    .command('lsp')
    .description('Language server over stdin and stdout, for editors')
    .option('--stdio', 'what editors say by habit; nothing else is there')
    .option('--cache-dir <folder>', 'where painted pictures are, for hovers')
    .addHelpText('after', '\nSee docs/editors.md for vim and Neovim.')
    .action(async (flags: { cacheDir?: string }) => {
      const [{ serve }, { languageHost }] = await Promise.all([
        import('../lsp/server.js'),
        import('./lsp-host.js'),
      ])
      exit(await serve(process.stdin, process.stdout, languageHost(flags)))
    })
}
