// What a user writes for a model on a hub.

/** `endpoint` is null for the hub of the settings. */
export type HubReference = { repo: string; revision: string; endpoint: string | null }

const REPO = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/
const LONGEST_REPO = 96
const DEFAULT_REVISION = 'main'

/** The hub's own rule for a model's name, `owner/name`. */
export const isRepo = (text: string): boolean =>
  REPO.test(text) && text.length <= LONGEST_REPO && !/--|\.\.|[.-](?:\/|$)|\.git$/.test(text)

/** `owner/name` or `owner/name@revision` (a branch, a tag, a commit, `refs/pr/1`); null for anything else. */
export function parseReference(text: string): HubReference | null {
  const at = text.indexOf('@')
  const repo = at < 0 ? text : text.slice(0, at)
  const revision = at < 0 ? DEFAULT_REVISION : text.slice(at + 1)
  return isRepo(repo) && isRevision(revision) ? { repo, revision, endpoint: null } : null
}

/** The page of a model on a hub, `https://hub/owner/name` or `…/tree/revision`; null for any other address. */
export function parseHubPage(url: URL): HubReference | null {
  const [owner, name, ...rest] = url.pathname.split('/').filter((part) => part !== '')
  const repo = `${owner}/${name ?? ''}`
  if (!isRepo(repo)) return null
  const revision =
    rest.length === 0 ? DEFAULT_REVISION : rest[0] === 'tree' ? decoded(rest.slice(1).join('/')) : null
  if (revision === null || !isRevision(revision)) return null
  return { repo, revision, endpoint: url.origin }
}

const isRevision = (text: string): boolean =>
  text !== '' && text.length <= 255 && !/[\u0000-\u0020\u007f~^:?*[\\]|\.\./.test(text)

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
