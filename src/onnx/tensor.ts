// What goes in and out of a session. Callers speak float32 and 32-bit integers; a graph's own types are the session's
// business.

export type TensorData = Float32Array | Int32Array

export type Tensor = { data: TensorData; dims: readonly number[] }

export type FloatTensor = { data: Float32Array; dims: readonly number[] }

/** `ms` is what the call took, without waiting for its turn: the runtime, and 1–2 ms for the way there and back. */
export type RunResult = { outputs: Record<string, FloatTensor>; ms: number }

/** An input or output as the graph declares it; a dimension that may vary is given by its name. */
export type TensorInfo = { name: string; type: string; dims: readonly (number | string)[] }
