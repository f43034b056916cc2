// How far something that is being made has got, for those who use it meanwhile.

export type Growth = {
  /** From the maker: so much is there. */
  grow(amount: number): void
  /** From the maker: there will be no more. */
  fail(reason: unknown): void
  /** Resolves when so much is there; rejects with the maker's reason when it will never be. */
  reached(amount: number): Promise<void>
}

export function openGrowth(): Growth {
  let there = -1
  let failure: { reason: unknown } | null = null
  let waiting: { amount: number; resolve: () => void; reject: (reason: unknown) => void }[] = []
  return {
    grow(amount) {
      there = Math.max(there, amount)
      const ready = waiting.filter((w) => w.amount <= there)
      waiting = waiting.filter((w) => w.amount > there)
      for (const { resolve } of ready) resolve()
    },
    fail(reason) {
      failure ??= { reason }
      for (const { reject } of waiting.splice(0)) reject(reason)
    },
    async reached(amount) {
      if (there >= amount) return
      if (failure) throw failure.reason
      await new Promise<void>((resolve, reject) => waiting.push({ amount, resolve, reject }))
    },
  }
}
