// Which proxy an address is reached through, from the usual variables.

import { usageFailure } from '../diagnostic/failure.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * `https_proxy` or `http_proxy` by the address, else `all_proxy`; lower case before upper case, as curl reads them; null when
 * there is none or `no_proxy` names the host. @throws Failure (usage) for a proxy that is no http(s) address; its text, which
 * may hold a password, isn't shown.
 */
export function proxyFor(url: URL, env: Environment): URL | null {
  const read = (name: string) => env[name] || env[name.toUpperCase()] || ''
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const text = read(name) || read('all_proxy')
  if (text === '' || isExcepted(url, read('no_proxy'))) return null
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw usageFailure(
      `the proxy in ${name.toUpperCase()} is no http:// or https:// address`,
      'write it like http://proxy.example:3128',
    )
  }
  return new URL(address)
}

/** `list` holds names with or without a port, divided by commas or spaces; a name stands for its subdomains too; `*` for all. */
function isExcepted(url: URL, list: string): boolean {
  const host = bare(url.hostname)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name, entryPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
      if (name === undefined || (entryPort !== undefined && entryPort !== port)) return false
      const wanted = bare(name).replace(/^\*?\./, '')
      return wanted !== '' && (host === wanted || host.endsWith(`.${wanted}`))
    })
}

/** Without the brackets of an IPv6 address. */
const bare = (host: string): string => host.toLowerCase().replace(/^\[|\]$/g, '')
