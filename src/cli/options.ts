// Flags that several verbs share, and their readers.

import { type Command, InvalidArgumentError, Option } from 'commander'

export type StudioFlags = { device: string; cacheDir?: string; cache: boolean; safety: boolean }

/** The devices of all platforms: which of them are here, `doctor` tells. */
export const deviceOption = (purpose: string): Option =>
  new Option('--device <device>', `${purpose}: auto, cpu, cuda, webgpu, coreml, dml or tensorrt`).default(
    'auto',
  )

export const safetyOption = (): Option =>
  new Option('--no-safety', "leave out the model's own safety checker, where it has one")

export const addStudioOptions = (command: Command): Command =>
  command
    .addOption(deviceOption('where to diffuse'))
    .addOption(safetyOption())
    .option('--cache-dir <folder>', 'where made pictures and segments are kept')
    .option('--no-cache', 'keep nothing, use nothing kept')

export const collect = (value: string, before: string[]): string[] => [...before, value]

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number above 0')
  return value
}

export function anyNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('must be a number')
  return value
}

export function shareNumber(text: string): number {
  const value = anyNumber(text)
  if (value < 0 || value > 1) throw new InvalidArgumentError('must be from 0 to 1')
  return value
}

export function seedNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('must be a whole number from 0')
  return value
}

export function pictureSize(text: string): { width: number; height: number } {
  const match = /^(\d{2,5})x(\d{2,5})$/.exec(text)
  if (!match) throw new InvalidArgumentError('must look like 320x192')
  return { width: Number(match[1]), height: Number(match[2]) }
}

export function portNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65535) throw new InvalidArgumentError('must be a port from 0 to 65535')
  return value
}
