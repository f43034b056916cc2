// From arguments to an exit code. What a verb needs is loaded when it runs: `--version` and `--help` stay instant.

import { readFileSync } from 'node:fs'

export const version = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

/** Runs the command line. Never throws. */
export async function main(argv: string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version()}\n`)
    return 0
  }
  const { run } = await import('./program.js')
  return run(argv)
}
