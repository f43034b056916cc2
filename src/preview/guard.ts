// Who may ask the preview server: only pages that it served itself, and only with the token. Pure.

import { timingSafeEqual } from 'node:crypto'

export type Asked = {
  method: string
  /** Path and query. */
  url: string
  host: string | undefined
  origin: string | undefined
  /** Sec-Fetch-Site: browsers say where a request comes from. */
  site: string | undefined
}

/**
 * The path below the token's, or null for a request that is refused. A name of another machine in Host is a page that
 * rebinds its own name to this address; an Origin that is not ours is another page.
 */
export function admit(
  { method, url, host, origin, site }: Asked,
  port: number,
  token: string,
): string | null {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (host === undefined || !names.includes(host)) return null
  if (origin !== undefined && origin !== `http://${host}`) return null
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return null
  // A browser always names the origin of what changes something.
  if (method !== 'GET' && method !== 'HEAD' && (method !== 'POST' || origin === undefined)) return null
  const [, given = '', ...rest] = (url.split('?')[0] ?? '').split('/')
  return isSame(given, token) ? rest.join('/') : null
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Nothing from elsewhere, nothing to elsewhere, in no frame. */
export const SAFE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const
