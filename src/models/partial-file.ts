// A file that arrives in pieces, in any order, and survives a killed process: its journal beside it says what is there.

import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'

/** The half-open range of bytes `[start, end)`, of which the first `done` are written. */
export type Piece = { readonly start: number; readonly end: number; done: number }

export type PartialFile = {
  pieces: readonly Piece[]
  write(piece: Piece, chunk: Uint8Array): Promise<void>
  /** Keeps what is there for another time, or for `keepPartialFile`. */
  close(): Promise<void>
}

/** So much may have to come again after a kill. */
const JOURNAL_EVERY_BYTES = 8 * 1024 ** 2

const journalOf = (path: string) => `${path}.pieces`

/**
 * Continues a file of the same size and `identity`, else begins anew with pieces of at most `pieceBytes`. Rejects, as do the
 * methods, with system errors.
 */
export async function openPartialFile(
  path: string,
  size: number,
  identity: string,
  pieceBytes: number,
): Promise<PartialFile> {
  const kept = await readJournal(path, size, identity)
  const pieces = kept ?? cut(size, pieceBytes)
  const file = await open(path, kept === null ? 'w' : 'r+')
  let unsaved = 0
  let saving = Promise.resolve()

  function save(): Promise<void> {
    unsaved = 0
    saving = saving.then(async () => {
      const text = JSON.stringify({ size, identity, pieces: pieces.map((p) => [p.start, p.end, p.done]) })
      await writeFile(`${journalOf(path)}.new`, text)
      await rename(`${journalOf(path)}.new`, journalOf(path))
    })
    return saving
  }

  return {
    pieces,
    async write(piece, chunk) {
      await writeAll(file, chunk, piece.start + piece.done)
      piece.done += chunk.length
      unsaved += chunk.length
      if (unsaved >= JOURNAL_EVERY_BYTES) await save()
    },
    async close() {
      try {
        // A small file that is whole costs less than its journal.
        if (size >= JOURNAL_EVERY_BYTES || pieces.some((p) => p.start + p.done < p.end)) await save()
      } finally {
        await file.close()
      }
    },
  }
}

/** A whole file gets its name, and loses its journal. */
export async function keepPartialFile(path: string, name: string): Promise<void> {
  await rename(path, name)
  await rm(journalOf(path), { force: true })
}

/** The file and its journal; nothing there is fine. */
export async function removePartialFile(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(journalOf(path), { force: true })
}

function cut(size: number, pieceBytes: number): Piece[] {
  const pieces: Piece[] = []
  for (let start = 0; start < size; start += pieceBytes)
    pieces.push({ start, end: Math.min(size, start + pieceBytes), done: 0 })
  return pieces
}

/** Null when there is none that fits: then nothing of the file counts. */
async function readJournal(path: string, size: number, identity: string): Promise<Piece[] | null> {
  try {
    const journal = JSON.parse(await readFile(journalOf(path), 'utf8'))
    if (journal.size !== size || journal.identity !== identity) return null
    const pieces: Piece[] = journal.pieces.map(([start, end, done]: number[]) => ({ start, end, done }))
    let at = 0
    for (const { start, end, done } of pieces) {
      if (start !== at || !(end >= start) || !(done >= 0 && done <= end - start)) return null
      at = end
    }
    const written = await open(path)
    await written.close()
    return at === size ? pieces : null
  } catch {
    return null
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, at, chunk.length - at, position + at)
    at += bytesWritten
  }
}
