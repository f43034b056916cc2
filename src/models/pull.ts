// From what a user names to an installed model.

import { basename, resolve } from 'node:path'
import { environmentFailure, usageFailure } from '../diagnostic/failure.js'
import { quote } from '../diagnostic/make.js'
import { findInCatalogue, nearestInCatalogue } from './catalogue.js'
import { openFolderSource } from './folder-source.js'
import { type HubSettings, readHubSettings } from './hub-settings.js'
import { openCacheSource, openHubSource } from './hub-source.js'
import { type Installation, installModel } from './install.js'
import { type HubReference, parseHubPage, parseReference } from './model-reference.js'
import type { InstallOptions } from './obtain-files.js'
import { openUrlSource } from './url-source.js'
import { openWebClient, type WebClient } from './web-client.js'

export type PullOptions = InstallOptions & {
  /** What to install it as; without one, its catalogue name or its name on the hub. */
  as?: string
  /** For the hub's logs, such as `storyreel/1.0.0`. */
  userAgent: string
}

/**
 * `text` is a catalogue name or `owner/name[@revision]`. With HF_HUB_OFFLINE only the hub client's own cache is asked. @throws Failure
 * (usage, environment, interrupted).
 */
export async function pullModel(text: string, options: PullOptions): Promise<Installation> {
  const entry = findInCatalogue(text)
  const reference = entry ? { ...entry, endpoint: null } : parseReference(text)
  if (reference === null) {
    const near = nearestInCatalogue(text)
    throw usageFailure(
      `${quote(text)} is neither in the catalogue nor an owner/name on the hub`,
      near === null ? '`storyreel models list` shows the catalogue' : `did you mean ${near}?`,
    )
  }
  return pullReference(reference, options.as ?? entry?.name ?? lastName(reference.repo), options)
}

/** `place` is a folder, the address of a model's page on a hub, or the address of a folder on a web server. */
export async function addModel(place: string, options: PullOptions): Promise<Installation> {
  if (!/^https?:\/\//i.test(place)) {
    const source = await openFolderSource(place, options.host)
    return installModel(source, options.as ?? basename(resolve(options.host.cwd, place)), options)
  }
  if (!URL.canParse(place)) throw usageFailure(`${quote(place)} is no address`)
  const address = new URL(place)
  const settings = await readHubSettings(options.host)
  if (settings.isOffline)
    throw environmentFailure('HF_HUB_OFFLINE is set: nothing is downloaded', 'add a folder instead')
  return withWeb(settings, options, async (web) => {
    const source = await openUrlSource(address, web, options.signal)
    if (source !== null) return installModel(source, options.as ?? lastName(address.pathname), options)
    const reference = parseHubPage(address)
    if (reference === null) {
      throw environmentFailure(
        `there is no model at ${address.origin}${address.pathname}`,
        'give the address of a folder with a model_index.json, or of a page on a hub',
      )
    }
    return pullReference(reference, options.as ?? lastName(reference.repo), options)
  })
}

async function pullReference(
  reference: HubReference,
  name: string,
  options: PullOptions,
): Promise<Installation> {
  const settings = await readHubSettings(options.host)
  if (settings.isOffline)
    return installModel(await openCacheSource(reference, settings, options.host), name, options)
  return withWeb(settings, options, async (web) =>
    installModel(await openHubSource(reference, settings, web, options.host, options.signal), name, options),
  )
}

async function withWeb<T>(
  { endpoint, token, timeoutMs }: HubSettings,
  { host, userAgent }: PullOptions,
  use: (web: WebClient) => Promise<T>,
): Promise<T> {
  const credentials = token === null ? null : { origin: new URL(endpoint).origin, token }
  const web = openWebClient(host, { credentials, timeoutMs, userAgent })
  try {
    return await use(web)
  } finally {
    await web.close()
  }
}

/** The last part of a repository's or an address's path. */
const lastName = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .at(-1) ?? ''
