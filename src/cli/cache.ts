import type { Transfer } from '../store/transfer.js'
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
  cache
    .command('export')
    .description('Copy what scripts need, and nothing else, to a folder: a cache for CI to keep')
    .argument('<script...>', 'scripts, or folders of them')
    .requiredOption('-o, --output <folder>', 'the folder; it is a cache itself')
    .option('--cache-dir <folder>', 'the cache')
    .addHelpText('after', '\nExample:\n  storyreel cache export story.yaml -o ci-cache')
    .action(async (scripts: string[], flags: CacheFlags & { output: string }) => {
      const { exportCache } = await import('./cache-transfer.js')
      process.stdout.write(formatTransfer(await exportCache(scripts, flags.output, flags.cacheDir)))
    })
  cache
    .command('import')
    .description('Copy what a folder made by `cache export` (or another cache) has')
    .argument('<folder>', 'the folder')
    .option('--cache-dir <folder>', 'the cache')
    .addHelpText('after', '\nExample:\n  storyreel cache import ci-cache')
    .action(async (folder: string, flags: CacheFlags) => {
      const { importCache } = await import('./cache-transfer.js')
      process.stdout.write(formatTransfer(await importCache(folder, flags.cacheDir)))
    })
}

const formatTransfer = ({ artefacts, bytes, missing }: Transfer) =>
  `${artefacts} artefacts copied, ${megabytes(bytes)}${missing > 0 ? `; ${missing} are not made yet, or damaged` : ''}\n`

async function openCache({ cacheDir }: CacheFlags) {
  const { studio } = await import('../index.js')
  return studio(cacheDir ? { cacheFolder: cacheDir } : {}).store
}

const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`
