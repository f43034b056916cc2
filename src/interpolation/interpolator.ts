// What an interpolation model is to the rest of storyreel.

/** An RGB frame: 8-bit gamma-coded samples, rows from the top, 3 × width × height bytes. */
export type Frame = { readonly width: number; readonly height: number; readonly data: Uint8Array }

export type Interpolator = {
  /**
   * The in-betweens of two frames of one size at `times`, which rise and lie strictly between 0 (`a`) and 1 (`b`); in
   * that order, as they are made. The yielded array may be used again for the next one. Rejects with the signal's
   * reason when it fires.
   */
  between(a: Frame, b: Frame, times: readonly number[], signal: AbortSignal): AsyncIterable<Uint8Array>
}
