// What is told while a model is got, checked or installed.

/** Where the bytes of a file came from: `kept` are those of an earlier try, `installed` those of the version that is here. */
export type Provenance = 'fetched' | 'kept' | 'installed' | 'cache'

export type TransferEvent =
  /** Before anything is fetched; `bytes` is an estimate until the graphs are read. */
  | { event: 'model'; name: string; origin: string; files: number; bytes: number }
  | { event: 'licence'; licence: string | null }
  /** Of all files together. */
  | { event: 'bytes'; done: number; total: number }
  | { event: 'file'; path: string; bytes: number; from: Provenance }
  | { event: 'trouble'; path: string; reason: string; waitMs: number }

export type OnTransfer = (event: TransferEvent) => void
