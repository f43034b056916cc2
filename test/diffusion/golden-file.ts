// Reads a reference file made by tools/golden.

import { readFileSync } from 'node:fs'

const GOLDEN = new URL('../golden/', import.meta.url)

export const goldenJson = (name: string) => JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8'))

export const goldenText = (name: string) => readFileSync(new URL(name, GOLDEN), 'utf8')
