// The tokenizer folder: vocabulary, merges, and which special tokens count.

import { join } from 'node:path'
import type { Host } from '../host/host.js'
import { asNumber, isObject, type JsonObject, readJsonObject } from './json-file.js'
import type { TokenizerText } from './model.js'

/** transformers' class defaults for CLIPTokenizer. */
const DEFAULTS = { bos: '<|startoftext|>', eos: '<|endoftext|>', pad: '<|endoftext|>', unk: '<|endoftext|>' }
const DEFAULT_LENGTH = 77

/** `folder` must hold vocab.json and merges.txt; the other files may be missing. */
export async function readTokenizer(host: Host, folder: string): Promise<TokenizerText> {
  const config = (await readJsonObject(host, join(folder, 'tokenizer_config.json'))) ?? {}
  const map = (await readJsonObject(host, join(folder, 'special_tokens_map.json'))) ?? {}
  const vocab = await readJsonObject(host, join(folder, 'vocab.json'))
  const merges = await host.readFile(join(folder, 'merges.txt'))
  const length = asNumber(config.model_max_length)
  return {
    vocab: vocab as Record<string, number>,
    merges: new TextDecoder().decode(merges),
    special: resolveSpecialTokens(config, map),
    // transformers writes 1e30 for "no limit".
    maxLength: length === null || length > 100_000 ? DEFAULT_LENGTH : length,
  }
}

/**
 * special_tokens_map.json wins over tokenizer_config.json, unless the latter has `added_tokens_decoder`: SD 2.1's two
 * files contradict each other, and so does transformers.
 */
export function resolveSpecialTokens(config: JsonObject, map: JsonObject): TokenizerText['special'] {
  const sources = isObject(config.added_tokens_decoder) ? [config, map] : [map, config]
  const find = (name: keyof typeof DEFAULTS): string => {
    for (const source of sources) {
      const token = source[`${name}_token`]
      if (typeof token === 'string') return token
      if (isObject(token) && typeof token.content === 'string') return token.content
    }
    return DEFAULTS[name]
  }
  return { bos: find('bos'), eos: find('eos'), pad: find('pad'), unk: find('unk') }
}
