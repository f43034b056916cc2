// Which device is taken, on machines of all kinds, and what is said when it is not the best.

import { describe, expect, test } from 'vitest'
import { chooseDevice } from '../../src/onnx/choose-device.js'
import { automaticDevices, devicesOf } from '../../src/onnx/device.js'
import { lookForDevice, type Machine } from '../../src/onnx/device-signs.js'
import type { TrialFailure } from '../../src/onnx/device-trial.js'
import { endedFailure, missingLibrary, openFailure, runFailure } from '../../src/onnx/session-failures.js'

const RUNTIME = '/ort'
const CUDA_PARTS = ['shared', 'cuda', 'tensorrt'].map(
  (part) => `${RUNTIME}/libonnxruntime_providers_${part}.so`,
)

/** A Linux PC with these files and, by render node, PCI vendors. */
const machine = (files: string[] = [], vendors: string[] = [], more: Partial<Machine> = {}): Machine => {
  const all = [
    ...files,
    ...vendors.map((_, i) => `/sys/class/drm/renderD${128 + i}`),
    ...vendors.map((_, i) => `/sys/class/drm/card${i}`),
  ]
  return {
    platform: 'linux',
    arch: 'x64',
    env: {},
    exists: (path) => all.includes(path),
    list: (folder) =>
      all
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split('/')[0]!),
    read: (path) => {
      const node = /renderD(\d+)\/device\/vendor$/.exec(path)?.[1]
      return node === undefined ? null : `${vendors[Number(node) - 128]}\n`
    },
    runtimeFolder: RUNTIME,
    ...more,
  }
}
const nvidia = ['/dev/nvidia0', '/dev/nvidiactl']
const icd = (name: string) => `/usr/share/vulkan/icd.d/${name}.json`

/** Chooses, and notes what was tried. */
async function choose(requested: string, on: Machine, broken: Record<string, TrialFailure> = {}) {
  const tried: string[] = []
  const choice = await chooseDevice(requested, {
    machine: on,
    tryOut: async (device) => {
      tried.push(device)
      return broken[device] ?? null
    },
  }).catch((error) => error)
  return { ...choice, message: choice.message, tried }
}

describe('auto', () => {
  test('a machine without a GPU: the CPU at once, nothing tried, nothing said', async () => {
    const mute = [icd('lvp_icd.x86_64'), icd('intel_icd.x86_64'), icd('nvidia_icd')]
    for (const on of [
      machine(),
      machine(mute),
      machine(mute, ['0x1af4']),
      machine([], [], { arch: 'arm64' }),
    ])
      expect(await choose('auto', on)).toMatchObject({ device: 'cpu', warning: null, tried: [] })
  })
  test('the best that works', async () => {
    expect(await choose('auto', machine([...nvidia, ...CUDA_PARTS]))).toMatchObject({
      device: 'cuda',
      warning: null,
      tried: ['cuda'],
    })
    expect(await choose('auto', machine([icd('radeon_icd.x86_64')], ['0x1002']))).toMatchObject({
      device: 'webgpu',
      warning: null,
    })
    const mac = machine([], [], { platform: 'darwin', arch: 'arm64' })
    const broken = { webgpu: { reason: 'x', hint: null } }
    expect(await choose('auto', mac, broken)).toMatchObject({ device: 'coreml', tried: ['webgpu', 'coreml'] })
    expect((await choose('auto', machine([], [], { platform: 'win32' }))).device).toBe('dml')
  })
  test('a GPU that can’t be used: why, how to mend it, and what is used, in one line', async () => {
    const { device, warning, tried } = await choose('auto', machine(nvidia))
    expect({ device, tried }).toEqual({ device: 'cpu', tried: [] })
    expect(warning).toMatch(
      /^cuda can't be used: .*not installed \(.*ONNXRUNTIME_NODE_INSTALL=cuda12.*; cpu is used$/,
    )
    const broken = { cuda: { reason: 'the library libcudnn.so.9 is missing', hint: 'install it' } }
    expect((await choose('auto', machine([...nvidia, ...CUDA_PARTS]), broken)).warning).toBe(
      "cuda can't be used: the library libcudnn.so.9 is missing (install it); cpu is used",
    )
  })
  test('a Vulkan driver in software does not count, nor one for another GPU', () => {
    const look = (files: string[], vendors: string[], env = {}) =>
      lookForDevice('webgpu', machine(files, vendors, { env }))
    expect(look([icd('lvp_icd.x86_64')], [])).toMatchObject({ isHardwareThere: false })
    expect(look([icd('lvp_icd.x86_64')], ['0x8086'])).toMatchObject({ isHardwareThere: true })
    expect(look([icd('radeon_icd.x86_64')], ['0x8086'])).not.toBeNull()
    expect(look([icd('intel_icd.x86_64')], ['0x8086'])).toBeNull()
    const env = { VK_ICD_FILENAMES: '/x/vk_swiftshader_icd.json' }
    expect(look([icd('intel_icd.x86_64')], ['0x8086'], env)).not.toBeNull()
  })
  test('never TensorRT, and the CPU everywhere', () => {
    for (const [platform, arch] of [
      ['linux', 'x64'],
      ['darwin', 'arm64'],
      ['win32', 'arm64'],
      ['sunos', 'x64'],
    ] as const) {
      expect(automaticDevices(platform, arch)).not.toContain('tensorrt')
      expect(devicesOf(platform, arch)).toContain('cpu')
    }
  })
})

describe('a device by name', () => {
  test('is tried, whatever the signs', async () => {
    expect(await choose('webgpu', machine())).toMatchObject({ device: 'webgpu', tried: ['webgpu'] })
    expect(await choose('cpu', machine())).toMatchObject({ device: 'cpu', tried: [] })
  })
  test.each<[string, Machine, RegExp, RegExp]>([
    ['cuda', machine(), /no NVIDIA GPU/, /doctor/],
    ['cuda', machine(nvidia), /CUDA parts are not installed/, /npm rebuild/],
    ['dml', machine(), /has no dml for linux x64/, /cuda, tensorrt, webgpu, cpu/],
    ['cuda', machine([], [], { platform: 'win32' }), /has no cuda for win32/, /dml/],
  ])('%s that is not there: exit 3 and what to do', async (device, on, message, hint) => {
    const broken = { cuda: { reason: 'no', hint: null } }
    expect(await choose(device, on, broken)).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })
  test('a name that is none: exit 2', async () => {
    expect(await choose('webgl', machine())).toMatchObject({
      exitCode: 2,
      hint: expect.stringMatching(/webgpu/),
    })
    expect(await choose('abacus', machine())).toMatchObject({ exitCode: 2 })
  })
})

describe('what the runtime says', () => {
  const graph = { path: 'm.onnx', device: 'cuda' }
  test('a missing library is named, with where to get it', () => {
    const printed =
      '[E:onnxruntime] Failed to load library /x/libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such file or directory'
    expect(missingLibrary(printed)).toBe('libcublasLt.so.12')
    const detail = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library'
    expect(openFailure(graph, 'device', detail, printed)).toMatchObject({
      exitCode: 3,
      message: "the device cuda can't be used: the library libcublasLt.so.12 is missing",
      hint: expect.stringMatching(/CUDA 12/),
    })
    const ours = printed.replace('libcublasLt.so.12', '/x/libonnxruntime_providers_shared.so')
    expect(openFailure(graph, 'device', detail, ours).hint).toMatch(/npm rebuild/)
    expect(openFailure(graph, 'device', detail, '').message).toContain('Failed to load shared library')
  })
  test.each([
    ['CUDA failure 2: out of memory ; GPU=0', /more memory than the device cuda has/, /--device cpu/],
    ['Failed to allocate memory for requested buffer of size 1', /more memory/, /smaller/],
    ['D3D12: DXGI_ERROR_DEVICE_REMOVED', /the device cuda was lost/, /try again/],
    ['WebGPU device lost (2): A valid external Instance reference', /the device cuda was lost/, /kept/],
    ['CUDA failure 700: an illegal memory access was encountered', /was lost/, /--device cpu/],
  ])('%s', (detail, message, hint) => {
    expect(runFailure(graph, detail)).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })
  test('a process that ended', () => {
    expect(endedFailure(graph, null, 'SIGBUS').hint).toMatch(/replaced/)
    expect(endedFailure(graph, null, 'SIGKILL').hint).toMatch(/memory/)
    expect(endedFailure(graph, 134, null).hint).toMatch(/--device cpu/)
    expect(endedFailure({ ...graph, device: 'cpu' }, 134, null).hint).not.toMatch(/cpu/)
  })
})
