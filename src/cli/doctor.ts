import type { Verb } from './program.js'

export const doctorVerb: Verb = (program, { signal, exit }) => {
  program
    .command('doctor')
    .description('Check what storyreel needs: ffmpeg, the runtime, the models, the cache')
    .option('--json', 'as JSON')
    .option('--cache-dir <folder>', 'the cache to check')
    .addHelpText('after', '\nExample:\n  storyreel doctor')
    .action(async (flags: { json?: boolean; cacheDir?: string }) => {
      const { examine } = await import('../render/examine.js')
      const { studio } = await import('../index.js')
      const findings = await examine(studio(flags.cacheDir ? { cacheFolder: flags.cacheDir } : {}), signal)
      const good = findings.every((f) => f.ok)
      if (flags.json) process.stdout.write(`${JSON.stringify({ ok: good, findings }, null, 2)}\n`)
      else {
        for (const { ok, name, detail, hint } of findings) {
          process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(12)} ${detail}\n`)
          if (hint) process.stdout.write(`      hint: ${hint}\n`)
        }
      }
      exit(good ? 0 : 3)
    })
}
