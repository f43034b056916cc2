/** Next number in [0, 1), from a seed. */
export function randomNumbers(seed: number): () => number
