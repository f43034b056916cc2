import type { Verb } from './program.js'

type CacheFlags = { cacheDir?: string; all?: boolean; maxSize?: string; json?: boolean }

export const cacheVerb: Verb = (program) => {
  const cache = program.command('cache').description('The pictures and segments that are kept')
  cache
    .command('status')
    .description('Where the cache is and how large')
    .option('--cache-dir <folder>', 'the cache')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  storyreel cache status')
    .action(async (flags: CacheFlags) => {
      const status = await (await openCache(flags)).status()
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(status)}\n`
          : `${status.folder}: ${status.artefacts} artefacts, ${megabytes(status.bytes)} of at most ${megabytes(status.capBytes)}\n`,
      )
    })
  cache
    .command('clean')
    .description('Remove what was not used for longest, down to the size cap, or everything')
    .option('--all', 'remove everything')
    .option('--max-size <size>', 'keep at most this much, such as 500M')
    .option('--cache-dir <folder>', 'the cache')
    .addHelpText('after', '\nExample:\n  storyreel cache clean --max-size 1G')
    .action(async (flags: CacheFlags) => {
      const { parseBytes } = await import('../store/location.js')
      const limit = flags.all ? 0 : flags.maxSize ? parseBytes(flags.maxSize, '--max-size') : undefined
      const { removed, bytes } = await (await openCache(flags)).evict(limit)
      process.stdout.write(`removed ${removed} artefacts, ${megabytes(bytes)}\n`)
    })
}

async function openCache({ cacheDir }: CacheFlags) {
  const { studio } = await import('../index.js')
  return studio(cacheDir ? { cacheFolder: cacheDir } : {}).store
}

const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`
