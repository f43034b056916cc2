import { quote } from '../diagnostic/make.js'
import type { Parsed } from './reader.js'

/** YAML 1.1's words for true and false, which people still write. */
export function parseSwitch(text: string): Parsed<boolean> {
  if (/^(true|yes|on)$/i.test(text)) return { value: true }
  if (/^(false|no|off)$/i.test(text)) return { value: false }
  return { problem: `${quote(text)} is neither yes nor no`, hints: ['write `yes` or `no`'] }
}
