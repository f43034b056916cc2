// Which scripts a command line means: files, folders with scripts in them, and - for stdin.

import { readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { environmentFailure, usageFailure } from '../diagnostic/failure.js'

const SCRIPT = /\.ya?ml$/i

/**
 * Files as they are; for a folder the scripts right in it, by name, each once.
 * @throws Failure (environment) for a folder without scripts.
 */
export function expandScripts(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => (isFolder(path) ? scriptsIn(path) : [path])))]
}

export const isFolder = (path: string): boolean =>
  path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

function scriptsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => SCRIPT.test(name))
  if (names.length > 0) return names.sort().map((name) => join(folder, name))
  throw environmentFailure(`there are no scripts in ${folder}`, 'scripts are files with .yaml at the end')
}

/** SCRIPT's name with .mp4 beside it. */
export function defaultOutput(script: string): string {
  if (script === '-') throw usageFailure('a script from stdin needs -o FILE')
  return `${script.replace(SCRIPT, '')}.mp4`
}

/**
 * Where the films of several scripts go: beside them, or all in one folder.
 * @throws Failure (usage) when two would have the same name.
 */
export function outputsOf(scripts: readonly string[], folder: string | undefined): Map<string, string> {
  const outputs = new Map<string, string>()
  const taken = new Map<string, string>()
  for (const script of scripts) {
    const name = script === '-' && folder !== undefined ? 'stdin.mp4' : defaultOutput(script)
    const output = resolve(folder === undefined ? name : join(folder, basename(name)))
    const other = taken.get(output)
    if (other !== undefined)
      throw usageFailure(`${other} and ${script} would both become ${output}`, 'render them one at a time')
    taken.set(output, script)
    outputs.set(script, output)
  }
  return outputs
}
