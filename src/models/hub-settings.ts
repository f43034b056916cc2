// How a Hugging Face-compatible hub is reached: the variables and files that its own client reads.
// https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'

export type HubSettings = {
  /** Without a slash at its end. */
  endpoint: string
  /** Sent to the endpoint's own origin only, and never shown. */
  token: string | null
  /** Where the hub's own client keeps what it downloaded. */
  cacheFolder: string
  /** How long a connection may be silent. */
  timeoutMs: number
  /** Nothing may be asked of the network. */
  isOffline: boolean
}

const DEFAULT_ENDPOINT = 'https://huggingface.co'
const DEFAULT_TIMEOUT_S = 30

/** @throws Failure (usage) for an HF_ENDPOINT that is no address, or a token that can't be one. */
export async function readHubSettings(host: Host): Promise<HubSettings> {
  const { env } = host
  const folder = (text: string) =>
    resolve(
      host.cwd,
      text.replace(/^~(?=[\\/]|$)/, homedir()).replace(/\$(\w+)/g, (_, name) => env[name] ?? ''),
    )
  const home = env.HF_HOME
    ? folder(env.HF_HOME)
    : join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface')
  const cache = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE
  const seconds = Number(env.HF_HUB_DOWNLOAD_TIMEOUT)
  return {
    endpoint: readEndpoint(env.HF_ENDPOINT || DEFAULT_ENDPOINT),
    token: await readToken(host, env.HF_TOKEN_PATH ? folder(env.HF_TOKEN_PATH) : join(home, 'token')),
    cacheFolder: cache ? folder(cache) : join(home, 'hub'),
    timeoutMs: (seconds > 0 ? seconds : DEFAULT_TIMEOUT_S) * 1000,
    isOffline: isTrue(env.HF_HUB_OFFLINE),
  }
}

function readEndpoint(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw usageFailure(
      'HF_ENDPOINT is no http:// or https:// address',
      `without it, ${DEFAULT_ENDPOINT} is asked`,
    )
  }
  return text.replace(/\/+$/, '')
}

async function readToken(host: Host, file: string): Promise<string | null> {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN } = host.env
  const said = HF_TOKEN || HUGGING_FACE_HUB_TOKEN
  const text =
    said ?? ((await host.stat(file))?.isFile ? new TextDecoder().decode(await host.readFile(file)) : '')
  const token = text.trim()
  if (/[^\u0021-\u007e]/.test(token)) {
    throw usageFailure(
      `the hub's token in ${said ? 'HF_TOKEN' : file} has signs in it that no token has`,
      'a token looks like hf_… and stands on one line',
    )
  }
  return token === '' ? null : token
}

const isTrue = (text: string | undefined): boolean => /^(?:1|on|yes|true)$/i.test(text ?? '')
