import { addStudioOptions } from './options.js'
import type { Verb } from './program.js'

export const lockVerb: Verb = (program) => {
  const command = program
    .command('lock')
    .description('Write storyreel.lock: what the films of scripts are made of, for `render --locked`')
    .argument('<script...>', 'scripts, or folders of them')
    .addHelpText('after', '\nExample:\n  storyreel lock story.yaml && git add storyreel.lock')
  addStudioOptions(command).action(async (scripts: string[], flags) => {
    const [{ expandScripts }, { loadScript, storyboardOf }, { withStudio }, { writeLock }, { plan }] =
      await Promise.all([
        import('./script-paths.js'),
        import('./script-file.js'),
        import('./studio.js'),
        import('./lock-file.js'),
        import('../index.js'),
      ])
    const written = new Set<string>()
    await withStudio(flags, async (studio) => {
      for (const script of expandScripts(scripts))
        written.add(
          await writeLock(
            script,
            await plan(storyboardOf(await loadScript(script, [], studio.store)), studio),
          ),
        )
    })
    for (const path of written) process.stdout.write(`${path}\n`)
  })
}
