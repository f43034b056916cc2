// One file over HTTP: in parallel ranges, going on where it was cut.

import { environmentFailure, type Failure } from '../diagnostic/failure.js'
import { openPartialFile, type PartialFile, type Piece, removePartialFile } from './partial-file.js'
import type { Slots } from './slots.js'
import { isWebPage, PassingTrouble, type WebClient, type WebResponse, webPageFailure } from './web-client.js'

export type Download = {
  url: string
  /** What the file is called in messages. */
  name: string
  size: number
  /** Changes when the bytes behind the address do. */
  identity: string
  refuse?: (status: number, headers: Headers) => Failure | null
}

export type DownloadOptions = {
  web: WebClient
  /** Shared by all downloads of a model: one slot a request. */
  slots: Slots
  signal: AbortSignal
  /** Bytes that arrived, or were here already; negative when some count no longer. */
  onBytes: (bytes: number) => void
  onTrouble: (reason: string, waitMs: number) => void
  pieceBytes?: number
}

const PIECE_BYTES = 32 * 1024 ** 2
/** Less than this is no progress: a server that cuts after every byte must not be asked for ever. */
const PROGRESS_BYTES = 64 * 1024

/**
 * Leaves the whole file at `path`, not yet compared with a digest. On a failure what has arrived is kept there for the next
 * call. @throws Failure (environment, or interrupted).
 */
export async function downloadFile(
  download: Download,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  try {
    await downloadPieces(download, path, options, options.pieceBytes ?? PIECE_BYTES)
  } catch (error) {
    if (!(error instanceof RangesIgnored)) throw error
    await removePartialFile(path)
    await downloadPieces(download, path, options, download.size)
  }
}

async function downloadPieces(
  download: Download,
  path: string,
  options: DownloadOptions,
  pieceBytes: number,
): Promise<void> {
  const { size, identity } = download
  const partial = await openPartialFile(path, size, identity, Math.max(1, pieceBytes))
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  let counted = 0
  const count = (bytes: number) => {
    counted += bytes
    options.onBytes(bytes)
  }
  count(partial.pieces.reduce((sum, piece) => sum + piece.done, 0))
  try {
    const errors: unknown[] = []
    await Promise.all(
      partial.pieces.map(async (piece) => {
        if (piece.start + piece.done === piece.end) return
        try {
          await options.slots(() =>
            downloadPiece(download, partial, piece, { ...options, signal, onBytes: count }),
          )
        } catch (error) {
          errors.push(error)
          failed.abort()
        }
      }),
    )
    // The first one is the cause; those after it were cut short by it.
    if (errors.length > 0) throw errors[0]
  } catch (error) {
    options.onBytes(error instanceof RangesIgnored ? -counted : 0)
    throw error
  } finally {
    await partial.close()
  }
}

const downloadPiece = (download: Download, partial: PartialFile, piece: Piece, options: DownloadOptions) =>
  options.web.withTries(
    `getting ${download.name}`,
    options.signal,
    async (progress) => {
      const before = piece.done
      const from = piece.start + piece.done
      const isAll = from === 0 && piece.end === download.size
      const response = await options.web.send(download.url, {
        headers: isAll ? {} : { range: `bytes=${from}-${piece.end - 1}` },
        signal: options.signal,
        refuse: (status, headers) =>
          status === 416 ? lie(download, 'a shorter file') : (download.refuse?.(status, headers) ?? null),
      })
      try {
        checkAnswer(download, response, from, piece.end, isAll)
        for await (const chunk of response.body) {
          if (piece.start + piece.done + chunk.length > piece.end) throw lie(download, 'more than that')
          await partial.write(piece, chunk)
          options.onBytes(chunk.length)
          if (piece.done - before >= PROGRESS_BYTES) progress()
        }
      } finally {
        response.discard()
      }
      if (piece.start + piece.done < piece.end)
        throw new PassingTrouble(`${new URL(download.url).host} ended early`)
    },
    options.onTrouble,
  )

/** A server may answer a range with the whole file: then the whole file is what can be had. */
class RangesIgnored extends Error {}

function checkAnswer(
  download: Download,
  { status, headers }: WebResponse,
  from: number,
  end: number,
  isAll: boolean,
): void {
  if (isWebPage(headers) && !/\.html?$/i.test(download.name)) throw webPageFailure(new URL(download.url))
  if (status === 206 && !isAll) {
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range')?.trim() ?? '')
    if (range === null || Number(range[1]) !== from || Number(range[2]) !== end - 1) throw new RangesIgnored()
    if (range[3] !== '*' && Number(range[3]) !== download.size) throw lie(download, `${range[3]} bytes`)
    return
  }
  if (!isAll) throw new RangesIgnored()
  const length = headers.get('content-length')
  if (length !== null && Number(length) !== download.size) throw lie(download, `${length} bytes`)
}

const lie = (download: Download, other: string): Failure =>
  environmentFailure(
    `${new URL(download.url).host} lists ${download.name} with ${download.size} bytes, but sends ${other}`,
    'the hub, or a proxy before it, is broken: try again later or another HF_ENDPOINT',
  )
