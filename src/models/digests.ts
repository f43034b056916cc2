// Digests of files, in the two forms that hubs name.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** SHA-256 for what git keeps apart (LFS), git's own blob digest for what lies in the repository. In hex. */
export type Digest = { algorithm: 'sha256' | 'git'; hex: string }

export type FileDigest = {
  bytes: number
  sha256: string
  /** SHA-1 of `blob SIZE\0` and the bytes: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects. Null unless asked for. */
  git: string | null
}

/** Reads a file once, streamed. Rejects with system errors and with the signal's reason. `onBytes` is told of each piece. */
export async function digestFile(
  path: string,
  {
    git = false,
    signal,
    onBytes,
  }: { git?: boolean; signal?: AbortSignal; onBytes?: (n: number) => void } = {},
): Promise<FileDigest> {
  const sha256 = createHash('sha256')
  const sha1 = git ? createHash('sha1') : null
  sha1?.update(`blob ${(await stat(path)).size}\0`)
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2, signal })) {
    sha256.update(chunk)
    sha1?.update(chunk)
    bytes += chunk.length
    onBytes?.(chunk.length)
  }
  return { bytes, sha256: sha256.digest('hex'), git: sha1?.digest('hex') ?? null }
}

/** Of an ETag as hubs give them: 64 hexadecimal digits are SHA-256, 40 git's. Null for any other. */
export function digestOfEtag(etag: string | null): Digest | null {
  const hex = etag?.replace(/^W\//, '').replace(/^"|"$/g, '').toLowerCase() ?? ''
  return digestOfHex(hex)
}

export function digestOfHex(hex: string): Digest | null {
  if (/^[0-9a-f]{64}$/.test(hex)) return { algorithm: 'sha256', hex }
  if (/^[0-9a-f]{40}$/.test(hex)) return { algorithm: 'git', hex }
  return null
}

export const isOfDigest = (file: FileDigest, digest: Digest): boolean =>
  (digest.algorithm === 'sha256' ? file.sha256 : file.git) === digest.hex
