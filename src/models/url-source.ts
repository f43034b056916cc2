// A model folder on a plain web server: nothing lists its files, so all that a model can have are asked for.

import { environmentFailure } from '../diagnostic/failure.js'
import { digestOfEtag } from './digests.js'
import { downloadFile } from './download.js'
import { possibleFiles } from './layout.js'
import { createSlots } from './slots.js'
import type { ModelSource, SourceFile } from './source.js'
import { isWebPage, type WebClient } from './web-client.js'

const CONNECTIONS = 4

type Found = SourceFile & { etag: string }

/** Null when there is no model_index.json at the address. Fails (exit 3) when the server can't be asked. */
export async function openUrlSource(
  address: URL,
  web: WebClient,
  signal: AbortSignal,
): Promise<ModelSource | null> {
  const base = new URL(address)
  base.search = ''
  base.hash = ''
  base.pathname = base.pathname.replace(/\/*$/, '/')
  const slots = createSlots(CONNECTIONS)
  const urlOf = (path: string) => new URL(path.split('/').map(encodeURIComponent).join('/'), base).href
  const known = new Map<string, Promise<Found | null>>()

  const find = (path: string): Promise<Found | null> => {
    let found = known.get(path)
    if (found === undefined) {
      found = slots(() => ask(path))
      known.set(path, found)
    }
    return found
  }

  const ask = (path: string): Promise<Found | null> =>
    web.withTries(`asking for ${path}`, signal, async () => {
      let isAbsent = false
      try {
        const { headers, discard } = await web.send(urlOf(path), {
          method: 'HEAD',
          signal,
          refuse: (status) => {
            isAbsent = status === 404 || status === 410 || status === 403
            return null
          },
        })
        discard()
        if (isWebPage(headers)) return null
        const length = headers.get('content-length')
        if (length === null) throw environmentFailure(`${base.host} does not say how long ${path} is`)
        const etag = headers.get('etag') ?? headers.get('last-modified') ?? ''
        return { path, size: Number(length), digest: sha256Of(etag), etag }
      } catch (error) {
        if (isAbsent) return null
        throw error
      }
    })

  if ((await find('model_index.json')) === null) return null
  const found = (await Promise.all(possibleFiles().map(find))).filter((file) => file !== null)
  return {
    origin: { kind: 'url', url: withoutSecrets(base) },
    licence: null,
    identity: [base.href, ...found.map(({ path, size, etag }) => `${path} ${size} ${etag}`)].join('\n'),
    paths: found.map(({ path }) => path),
    find,
    copies: async () => [],
    fetch: async (file, to, options) => {
      const { etag } = (await find(file.path))!
      await downloadFile({ url: urlOf(file.path), name: file.path, size: file.size, identity: etag }, to, {
        web,
        slots,
        ...options,
      })
    },
  }
}

/** Some servers tag a file with its SHA-256; 40 digits may be a digest of anything. */
function sha256Of(etag: string) {
  const digest = digestOfEtag(etag)
  return digest?.algorithm === 'sha256' ? digest : null
}

function withoutSecrets(url: URL): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  return shown.href
}
