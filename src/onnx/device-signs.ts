// Signs of a device that cost next to nothing to look for, so that a machine without one is not kept waiting. What they promise
// is tried for real afterwards (device-trial.ts).

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Why a device can't be used. */
export type DeviceProblem = {
  reason: string
  hint: string | null
  /** The hardware is there, so that its owner will want to know. */
  isHardwareThere: boolean
}

/** The part of a machine that is looked at. */
export type Machine = {
  platform: string
  arch: string
  env: Readonly<Record<string, string | undefined>>
  exists(path: string): boolean
  /** Names in a folder; none when there is no such folder. */
  list(path: string): string[]
  /** Null when it can't be read. */
  read(path: string): string | null
  /** Where onnxruntime-node keeps its native libraries. */
  runtimeFolder: string
}

export const CUDA_HINT =
  '`ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node` gets them; CUDA 12 and cuDNN 9 must be installed too (docs/devices.md)'

/** Null when nothing speaks against it. */
export function lookForDevice(device: string, machine: Machine): DeviceProblem | null {
  if (machine.platform !== 'linux') return null
  if (device === 'cuda' || device === 'tensorrt') return lookForCuda(device, machine)
  return device === 'webgpu' ? lookForVulkan(machine) : null
}

function lookForCuda(device: string, machine: Machine): DeviceProblem | null {
  // /dev/dxg is the GPU of the Windows that a WSL runs on.
  const { exists } = machine
  if (!['/dev/nvidia0', '/dev/nvidiactl', '/dev/dxg'].some(exists))
    return absent('there is no NVIDIA GPU, or no driver')
  const { runtimeFolder } = machine
  const missing = ['shared', device].find(
    (part) => !exists(join(runtimeFolder, `libonnxruntime_providers_${part}.so`)),
  )
  if (missing === undefined) return null
  return { reason: "onnxruntime's CUDA parts are not installed", hint: CUDA_HINT, isHardwareThere: true }
}

/** PCI vendors whose Vulkan drivers are no software, and what the names of their drivers' manifests have in them. */
const GPU_VENDORS: Readonly<Record<string, RegExp>> = {
  '0x10de': /nvidia|nouveau/,
  '0x1002': /radeon|amd/,
  '0x8086': /intel/,
}

/**
 * A Vulkan driver in software would be chosen like any other, and is much slower than the CPU: a GPU must be there, together
 * with its own driver. https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
 */
function lookForVulkan({ env, exists, list, read }: Machine): DeviceProblem | null {
  const nodes = list('/sys/class/drm').filter((name) => /^renderD\d+$/.test(name))
  const vendors = new Set(nodes.map((name) => read(`/sys/class/drm/${name}/device/vendor`)?.trim() ?? ''))
  if (exists('/dev/nvidia0')) vendors.add('0x10de')
  const drivers = [...vendors].flatMap((vendor) => GPU_VENDORS[vendor] ?? [])
  if (drivers.length === 0) return absent('there is no GPU')
  const manifests = vulkanManifests(env, list)
  if (drivers.some((driver) => manifests.some((name) => driver.test(name)))) return null
  return {
    reason: 'the GPU has no Vulkan driver',
    hint: "install the GPU's Vulkan driver, such as mesa-vulkan-drivers, and libvulkan1",
    isHardwareThere: true,
  }
}

function vulkanManifests(env: Machine['env'], list: Machine['list']): string[] {
  const given = env.VK_DRIVER_FILES || env.VK_ICD_FILENAMES
  if (given) return given.split(':')
  const data = (env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':')
  const folders = ['/etc', '/usr/local/etc', ...data].map((folder) => join(folder, 'vulkan/icd.d'))
  return folders.flatMap(list).filter((name) => name.endsWith('.json'))
}

const absent = (reason: string): DeviceProblem => ({ reason, hint: null, isHardwareThere: false })

export function thisMachine(): Machine {
  const { platform, arch, env } = process
  return {
    platform,
    arch,
    env,
    exists: existsSync,
    list: (path) => orElse(() => readdirSync(path), []),
    read: (path) => orElse(() => readFileSync(path, 'utf8'), null),
    // Only a machine with a GPU pays for finding it.
    get runtimeFolder() {
      const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
      return join(runtime, 'bin', 'napi-v6', platform, arch)
    },
  }
}

function orElse<T, U>(get: () => T, other: U): T | U {
  try {
    return get()
  } catch {
    return other
  }
}
