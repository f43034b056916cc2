// A model on a hub, or in the cache of the hub's own client.

import { realpath } from 'node:fs/promises'
import { environmentFailure } from '../diagnostic/failure.js'
import { copyFileTo } from '../host/copy-file.js'
import type { Host } from '../host/host.js'
import { digestOfEtag } from './digests.js'
import { downloadFile } from './download.js'
import { cachedCopies, readCachedModel } from './hf-cache.js'
import { openHub } from './hub.js'
import type { HubSettings } from './hub-settings.js'
import { licenceOfCard } from './licence.js'
import type { HubReference } from './model-reference.js'
import { createSlots } from './slots.js'
import type { ModelSource } from './source.js'
import type { WebClient } from './web-client.js'

/** Requests at a time, over all files of a model. */
const CONNECTIONS = 4

/** Asks the hub; files that its client has in the cache are not asked for again. Fails (exit 3) when there is no such model. */
export async function openHubSource(
  reference: HubReference,
  settings: HubSettings,
  web: WebClient,
  host: Host,
  signal: AbortSignal,
): Promise<ModelSource> {
  const { repo, revision } = reference
  const endpoint = reference.endpoint ?? settings.endpoint
  const isOwn = new URL(endpoint).origin === new URL(settings.endpoint).origin
  const hub = openHub(endpoint, web, isOwn && settings.token !== null)
  const { commit, licence } = await hub.model(repo, revision, signal)
  const files = new Map((await hub.files(repo, commit, signal)).map((file) => [file.path, file]))
  const slots = createSlots(CONNECTIONS)
  const refuse = hub.refuse(repo, revision)
  return {
    origin: { kind: 'hub', endpoint: withoutPassword(endpoint), repo, revision, commit },
    licence,
    identity: `${endpoint}/${repo}@${commit}`,
    paths: [...files.keys()],
    async find(path) {
      const file = files.get(path)
      if (file === undefined || file.digest !== null) return file ?? null
      const head = await web.withTries(`asking for ${path}`, signal, async () => {
        const { headers, linked, discard } = await web.send(hub.fileUrl(repo, commit, path), {
          method: 'HEAD',
          signal,
          refuse,
        })
        discard()
        return linked.get('x-linked-etag') ?? headers.get('x-linked-etag') ?? headers.get('etag')
      })
      const digest = digestOfEtag(head)
      if (digest === null) throw environmentFailure(`the hub gives no digest for ${path}`)
      return { ...file, digest }
    },
    copies: (file) => cachedCopies(settings.cacheFolder, repo, commit, file, host),
    fetch: (file, to, options) =>
      downloadFile(
        {
          url: hub.fileUrl(repo, commit, file.path),
          name: file.path,
          size: file.size,
          identity: file.digest?.hex ?? commit,
          refuse,
        },
        to,
        { web, slots, ...options },
      ),
  }
}

/** From the cache alone: nothing is asked of the network. Fails (exit 3) when the cache hasn't got it. */
export async function openCacheSource(
  { repo, revision }: HubReference,
  settings: HubSettings,
  host: Host,
): Promise<ModelSource> {
  const { commit, files, at } = await readCachedModel(settings.cacheFolder, repo, revision, host)
  const byPath = new Map(files.map((file) => [file.path, file]))
  const card = byPath.get('README.md')
  return {
    origin: { kind: 'hub', endpoint: withoutPassword(settings.endpoint), repo, revision, commit },
    licence: card ? licenceOfCard(new TextDecoder().decode(await host.readFile(at(card)))) : null,
    identity: `cache ${settings.cacheFolder} ${repo}@${commit}`,
    paths: [...byPath.keys()],
    find: async (path) => byPath.get(path) ?? null,
    copies: async (file) => [at(file)],
    async fetch(file, to, { onBytes }) {
      await copyFileTo(await realpath(at(file)), to)
      onBytes(file.size)
    },
  }
}

function withoutPassword(address: string): string {
  const url = new URL(address)
  if (url.username === '' && url.password === '') return address
  url.username = ''
  url.password = ''
  return url.href.replace(/\/+$/, '')
}
