import type { Finding } from '../render/examine.js'
import type { Verb } from './program.js'

const MARKS = { ok: 'ok  ', missing: '-   ', failed: 'FAIL' } as const

export const doctorVerb: Verb = (program, { signal, exit }) => {
  program
    .command('doctor')
    .description('Check what storyreel needs: ffmpeg, the runtime and its devices, the models, the cache')
    .option('--json', 'as JSON')
    .option('--cache-dir <folder>', 'the cache to check')
    .addHelpText('after', '\nExample:\n  storyreel doctor')
    .action(async (flags: { json?: boolean; cacheDir?: string }) => {
      const { examine } = await import('../render/examine.js')
      const { studio } = await import('../index.js')
      const findings: Finding[] = []
      for await (const found of examine(
        studio(flags.cacheDir ? { cacheFolder: flags.cacheDir } : {}),
        signal,
      )) {
        findings.push(found)
        if (!flags.json) process.stdout.write(line(found))
      }
      const ok = findings.every(({ state }) => state !== 'failed')
      if (flags.json) process.stdout.write(`${JSON.stringify({ ok, findings }, null, 2)}\n`)
      exit(ok ? 0 : 3)
    })
}

const line = ({ state, name, detail, hint }: Finding): string =>
  `${MARKS[state]}  ${name.padEnd(15)}  ${detail}\n${hint ? `      hint: ${hint}\n` : ''}`
