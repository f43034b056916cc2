// numpy's SeedSequence: turns one number, and a place in a tree of draws, into seeds that have nothing to do with one
// another. Source: numpy/random/bit_generator.pyx, after M. E. O'Neill's seed_seq design.

/**
 * The first `count` words of `numpy.random.SeedSequence(entropy, spawn_key=spawnKey, pool_size=poolSize).generate_state()`.
 * `entropy` is 0 or more; the parts of the key are uint32.
 */
export function seedWords(
  entropy: bigint,
  spawnKey: readonly number[],
  poolSize: number,
  count: number,
): Uint32Array {
  const pool = mixEntropy(assembleEntropy(entropy, spawnKey, poolSize), poolSize)
  let constant = 0x8b51f9dd
  return Uint32Array.from({ length: count }, (_, i) => {
    const value = pool[i % poolSize]! ^ constant
    constant = Math.imul(constant, 0x58f38ded)
    const product = Math.imul(value, constant)
    return product ^ (product >>> 16)
  })
}

/** Little-endian words; filled up with zeros before a key, so that keys can't be taken for entropy. */
function assembleEntropy(entropy: bigint, spawnKey: readonly number[], poolSize: number): number[] {
  const words: number[] = []
  for (let rest = entropy; rest > 0n || words.length === 0; rest >>= 32n)
    words.push(Number(rest & 0xffffffffn))
  if (spawnKey.length > 0) while (words.length < poolSize) words.push(0)
  return [...words, ...spawnKey]
}

function mixEntropy(entropy: readonly number[], poolSize: number): Uint32Array {
  let constant = 0x43b0d7e5
  const hash = (word: number): number => {
    const value = word ^ constant
    constant = Math.imul(constant, 0x931e8875)
    const product = Math.imul(value, constant)
    return product ^ (product >>> 16)
  }
  const mix = (x: number, y: number): number => {
    const result = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) | 0
    return result ^ (result >>> 16)
  }
  const pool = Uint32Array.from({ length: poolSize }, (_, i) => hash(entropy[i] ?? 0))
  for (let source = 0; source < poolSize; source++)
    for (let target = 0; target < poolSize; target++)
      if (source !== target) pool[target] = mix(pool[target]!, hash(pool[source]!))
  for (const word of entropy.slice(poolSize))
    for (let target = 0; target < poolSize; target++) pool[target] = mix(pool[target]!, hash(word))
  return pool
}
