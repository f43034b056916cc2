// What sessions can run on: the execution providers that onnxruntime-node 1.30 is built with, by platform.
// https://github.com/microsoft/onnxruntime/blob/main/js/node/README.md, and the libraries that lie in its package.

/** Platform and architecture as Node names them → devices, best first. */
const BUILDS: Readonly<Record<string, readonly string[]>> = {
  'linux x64': ['cuda', 'tensorrt', 'webgpu', 'cpu'],
  'linux arm64': ['cpu'],
  'darwin arm64': ['webgpu', 'coreml', 'cpu'],
  // DirectML is older and steadier than the WebGPU provider, which its makers call experimental.
  'win32 x64': ['dml', 'webgpu', 'cpu'],
  'win32 arm64': ['dml', 'webgpu', 'cpu'],
}

/** Never taken by `auto`: TensorRT builds its engines anew at every start, which takes minutes. */
const ONLY_WHEN_ASKED: readonly string[] = ['tensorrt']

/** Of a device, first choice first. The CPU's is added by the runtime itself, for operators that a device lacks. */
const PROVIDERS: Readonly<Record<string, readonly string[]>> = { tensorrt: ['tensorrt', 'cuda'] }

/** All that a user may ask for somewhere; `auto` takes the best there is. */
export const DEVICE_NAMES = ['auto', 'cpu', ...new Set(Object.values(BUILDS).flat())].filter(
  (name, i, all) => all.indexOf(name) === i,
)

/** Best first; `cpu` alone where nothing is known. */
export const devicesOf = (platform: string, arch: string): readonly string[] =>
  BUILDS[`${platform} ${arch}`] ?? ['cpu']

/** Those that `auto` tries, best first. */
export const automaticDevices = (platform: string, arch: string): readonly string[] =>
  devicesOf(platform, arch).filter((device) => !ONLY_WHEN_ASKED.includes(device))

export const executionProviders = (device: string): readonly string[] => PROVIDERS[device] ?? [device]
