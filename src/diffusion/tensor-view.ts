// Tensors as model calls take and give them.

/** Float32, in row-major order. */
export type TensorView = { data: Float32Array; dims: readonly number[] }

/** With the milliseconds that its model call ran. */
export type TimedTensor = TensorView & { ms: number }
