// The runtime's version belongs to every cache key; reading it must not load the native library.

import { createRequire } from 'node:module'

/** onnxruntime-node's version, such as `1.30.0`. */
export const runtimeVersion: string = createRequire(import.meta.url)('onnxruntime-node/package.json').version
