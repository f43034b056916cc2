// The numbers of onnx.proto's fields, and of its element types.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

export const MODEL = { graph: 7, opset: 8, function: 25 } as const
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 } as const
export const TENSOR = {
  dims: 1,
  type: 2,
  floats: 4,
  int32s: 5,
  strings: 6,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  uint64s: 11,
  external: 13,
  location: 14,
} as const
export const FUNCTION_NODE = 7
export const NODE = {
  input: 1,
  output: 2,
  name: 3,
  operator: 4,
  attribute: 5,
  domain: 7,
  metadata: 9,
} as const
export const ATTRIBUTE = {
  name: 1,
  int: 3,
  tensor: 5,
  graph: 6,
  ints: 8,
  tensors: 10,
  graphs: 11,
  sparse: 22,
  sparses: 23,
} as const
/** Of a sparse tensor: its values and where they stand. */
export const SPARSE_TENSORS: readonly number[] = [1, 2]
/** Of an entry of external data or metadata. */
export const ENTRY = { key: 1, value: 2 } as const

/** Of inputs and outputs: name and type; of types: a tensor's; of those: element type and shape; of shapes: dimensions. */
export const VALUE = { name: 1, type: 2 } as const
export const TYPE_TENSOR = 1
export const TENSOR_TYPE = { element: 1, shape: 2 } as const
export const SHAPE_DIM = 1
export const DIM = { value: 1, name: 2 } as const

/** The types of elements that are told by name. */
export const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  16: 'bfloat16',
}
/** Operators that every runtime has. */
export const OWN_DOMAINS: readonly string[] = ['', 'ai.onnx', 'ai.onnx.ml']
