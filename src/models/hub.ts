// The API of a Hugging Face-compatible hub, as far as getting a model needs it.
// https://huggingface.co/docs/hub/api, and what huggingface_hub (hf_api.py, utils/_http.py) reads of the answers.

import { environmentFailure, type Failure } from '../diagnostic/failure.js'
import { printable, quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { type Digest, digestOfHex } from './digests.js'
import { asNumber, isObject } from './json-file.js'
import { escapeProblem } from './safe-path.js'
import type { WebClient } from './web-client.js'

export type HubModel = {
  repo: string
  /** Of the revision that was asked for. */
  commit: string
  licence: string | null
}

/** `digest` is null when the hub lists none. */
export type HubFile = { path: string; size: number; digest: Digest | null }

export type Hub = {
  endpoint: string
  model(repo: string, revision: string, signal: AbortSignal): Promise<HubModel>
  /** All files of a commit. */
  files(repo: string, commit: string, signal: AbortSignal): Promise<HubFile[]>
  fileUrl(repo: string, commit: string, path: string): string
  /** What a refused request for a model's file means. */
  refuse(repo: string, revision: string): (status: number, headers: Headers) => Failure | null
}

const MOST_PAGES = 200

export function openHub(endpoint: string, web: WebClient, hasToken: boolean): Hub {
  const api = `${endpoint}/api/models`
  const damaged = (what: string) =>
    environmentFailure(
      `the hub at ${new URL(endpoint).host} ${what}`,
      'is HF_ENDPOINT the address of a Hugging Face-compatible hub?',
    )

  const refuse: Hub['refuse'] = (repo, revision) => (status, headers) => {
    const code = headers.get('x-error-code') ?? ''
    const said = headers.get('x-error-message')
    if (code === 'GatedRepo') {
      return environmentFailure(
        `${repo} is only given to those who accept its licence`,
        hasToken
          ? `accept it at ${endpoint}/${repo} with the account of your token`
          : `accept it at ${endpoint}/${repo}, and put a token of that account into HF_TOKEN`,
      )
    }
    if (status === 401 && /invalid/i.test(said ?? '')) {
      return environmentFailure('the hub does not know the token', 'make a new one, or unset HF_TOKEN')
    }
    if (code === 'RevisionNotFound') {
      return environmentFailure(`${repo} has no revision ${quote(revision)}`, 'without one, main is taken')
    }
    if (code === 'EntryNotFound') return environmentFailure(`the hub lists a file of ${repo} that it hasn't`)
    if (code === 'RepoNotFound' || status === 401 || status === 404) {
      return environmentFailure(
        `the hub has no model ${repo}`,
        hasToken ? null : 'or it is private: then put a token into HF_TOKEN',
      )
    }
    if (status === 403) {
      return environmentFailure(
        `the hub refuses ${repo}${said ? `: ${printable(said)}` : ''}`,
        hasToken ? 'may the token read it?' : 'a token (HF_TOKEN) may be needed',
      )
    }
    return null
  }

  async function nearby(repo: string, signal: AbortSignal): Promise<string | null> {
    const name = repo.slice(repo.indexOf('/') + 1)
    const { value } = await web.json(`${api}?search=${encodeURIComponent(name)}&limit=50`, { signal })
    const repos = Array.isArray(value) ? value.map((model) => model?.id ?? model?.modelId) : []
    return nearest(
      repo,
      repos.filter((id) => typeof id === 'string'),
    )
  }

  return {
    endpoint,
    refuse,
    fileUrl: (repo, commit, path) =>
      `${endpoint}/${repo}/resolve/${encodeURIComponent(commit)}/${path.split('/').map(encodeURIComponent).join('/')}`,

    async model(repo, revision, signal) {
      let isUnknown = false
      const refuseThis: typeof refuse = (...of) => {
        const meaning = refuse(...of)
        return (status, headers) => {
          isUnknown = status === 404 && headers.get('x-error-code') !== 'RevisionNotFound'
          return meaning(status, headers)
        }
      }
      const url = `${api}/${repo}/revision/${encodeURIComponent(revision)}`
      try {
        const { value } = await web.json(url, { signal, refuse: refuseThis(repo, revision) })
        if (!isObject(value) || typeof value.sha !== 'string' || !/^[0-9a-f]{40,64}$/.test(value.sha))
          throw damaged('does not say which commit it has')
        return { repo, commit: value.sha, licence: readLicence(value) }
      } catch (error) {
        if (!isUnknown) throw error
        const near = await nearby(repo, signal).catch(() => null)
        throw near === null
          ? error
          : environmentFailure(`the hub has no model ${repo}`, `did you mean ${near}?`, error)
      }
    },

    async files(repo, commit, signal) {
      const files: HubFile[] = []
      let url: string | null = `${api}/${repo}/tree/${encodeURIComponent(commit)}?recursive=true`
      for (let page = 0; url !== null; page++) {
        if (page >= MOST_PAGES) throw damaged('lists files without an end')
        const answer: { value: unknown; headers: Headers } = await web.json(url, {
          signal,
          refuse: refuse(repo, commit),
        })
        if (!Array.isArray(answer.value)) throw damaged('gives no list of files')
        for (const entry of answer.value) {
          const file = readEntry(entry)
          if (file === 'damaged') throw damaged('gives a damaged list of files')
          if (file === null) continue
          const problem = escapeProblem(file.path)
          if (problem !== null)
            throw damaged(`lists a file with an unsafe name, ${quote(file.path)}: ${problem}`)
          files.push(file)
        }
        url = nextPage(answer.headers.get('link'), url)
      }
      return files
    },
  }
}

/** The licence of a model card's metadata: `other` has its real name beside it. */
function readLicence(model: Record<string, unknown>): string | null {
  const card = isObject(model.cardData) ? model.cardData : {}
  const tag = Array.isArray(model.tags)
    ? model.tags.find((t): t is string => typeof t === 'string' && t.startsWith('license:'))
    : undefined
  const id = [card.license].flat().find((l) => typeof l === 'string') ?? tag?.slice('license:'.length)
  if (id === 'other' && typeof card.license_name === 'string') return card.license_name
  return typeof id === 'string' ? id : null
}

/** Null for a folder. */
function readEntry(entry: unknown): HubFile | null | 'damaged' {
  if (!isObject(entry) || typeof entry.path !== 'string') return 'damaged'
  if (entry.type !== 'file') return null
  const lfs = isObject(entry.lfs) ? entry.lfs : null
  const size = asNumber(lfs?.size ?? entry.size)
  if (size === null || !Number.isSafeInteger(size) || size < 0) return 'damaged'
  const oid = lfs?.oid ?? entry.oid
  const digest = typeof oid === 'string' ? digestOfHex(oid.replace(/^sha256:/, '').toLowerCase()) : null
  if (lfs !== null && digest?.algorithm === 'git') return 'damaged'
  return { path: entry.path, size, digest }
}

/** The address of `rel="next"` (RFC 8288), on the same origin only: the next request carries the token too. */
function nextPage(link: string | null, from: string): string | null {
  const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1]
  if (next === undefined || !URL.canParse(next, from)) return null
  const url = new URL(next, from)
  return url.origin === new URL(from).origin ? url.href : null
}
