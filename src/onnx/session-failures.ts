// What goes wrong with a session, in a user's words. The runtime has no codes for it, only its own words.

import { EXIT, environmentFailure, Failure, renderFailure } from '../diagnostic/failure.js'
import { CUDA_HINT } from './device-signs.js'
import type { OpenProblem } from './messages.js'

/** A device that doesn't open; `reason` is a clause without its name. */
export class DeviceFailure extends Failure {
  readonly reason: string
  constructor(device: string, reason: string, hint: string | null) {
    super(EXIT.environment, `the device ${device} can't be used: ${reason}`, hint)
    this.reason = reason
  }
}

/** `printed` is what the runtime wrote on its way: libraries that it misses are named only there. */
export function openFailure(
  { path, device }: { path: string; device: string },
  problem: OpenProblem,
  detail: string,
  printed: string,
): Failure {
  if (isOutOfMemory(detail)) return outOfMemory(path, device, EXIT.environment)
  switch (problem) {
    case 'missing':
      return environmentFailure(
        `the model file ${path} can't be used: ${detail}`,
        'get the model again, or choose another',
      )
    case 'runtime':
      return environmentFailure(
        `onnxruntime could not be loaded: ${detail}`,
        'run `npm rebuild onnxruntime-node`',
      )
    case 'unsupported':
      return environmentFailure(
        `the model file ${path} does not fit this device: ${detail}`,
        'use an export for this device',
      )
    case 'device':
      return deviceFailure(device, detail, printed)
    default:
      return environmentFailure(
        `the model file ${path} is damaged or not an ONNX graph`,
        `get the model again; onnxruntime says: ${detail}`,
      )
  }
}

function deviceFailure(device: string, detail: string, printed: string): Failure {
  const library = missingLibrary(printed)
  if (library !== null)
    return new DeviceFailure(device, `the library ${library} is missing`, hintFor(library))
  if (/WebGPU adapter/.test(detail))
    return new DeviceFailure(device, 'there is no GPU that WebGPU can use', "install the GPU's driver")
  return new DeviceFailure(device, detail, null)
}

/** As the loader of Linux names it. The one that was asked for comes before those that it needs in turn, so the last counts. */
export const missingLibrary = (printed: string): string | null =>
  [...printed.matchAll(/(?:[^\s:]*\/)?([^\s:/]+\.so[\w.]*): cannot open shared object file/g)].at(-1)?.[1] ??
  null

function hintFor(library: string): string {
  if (/^libonnxruntime/.test(library)) return CUDA_HINT
  if (/^libcudnn/.test(library)) return 'install cuDNN 9 for CUDA 12, and let LD_LIBRARY_PATH lead to it'
  if (/^libnvinfer|^libnvonnx/.test(library)) return 'install TensorRT 10, and let LD_LIBRARY_PATH lead to it'
  return 'install the CUDA 12 runtime, and let LD_LIBRARY_PATH lead to it'
}

/** What an error of a run means. */
export function runFailure({ path, device }: { path: string; device: string }, detail: string): Failure {
  if (isOutOfMemory(detail)) return outOfMemory(path, device, EXIT.render)
  if (isDeviceLost(detail))
    return renderFailure(
      `the device ${device} was lost while ${path} ran: ${detail}`,
      'try again: what is finished is kept; --device cpu does without it',
    )
  return renderFailure(`the model ${path} could not run: ${detail}`)
}

const isOutOfMemory = (detail: string): boolean =>
  /out of memory|OutOf\w*Memory|OUT_?OF_?MEMORY|Failed to allocate|bad_alloc|BFCArena|cudaErrorMemoryAllocation/i.test(
    detail,
  )

const isDeviceLost = (detail: string): boolean =>
  /device (?:is |was |has been )?(?:lost|removed|hung)|DEVICE_(?:LOST|REMOVED|HUNG|RESET)|illegal memory access|cudaErrorIllegal|unspecified launch failure/i.test(
    detail,
  )

const outOfMemory = (path: string, device: string, exitCode: number): Failure =>
  new Failure(
    exitCode,
    `${path} needs more memory than ${device === 'cpu' ? 'there is' : `the device ${device} has`}`,
    `make smaller pictures${device === 'cpu' ? '' : ', take --device cpu'}, or close other programs`,
  )

/** A session's process has ended though nobody ended it. */
export function endedFailure(
  { path, device }: { path: string; device: string },
  code: number | null,
  killedBy: NodeJS.Signals | null,
): Failure {
  const how = killedBy === null ? `code ${code}` : killedBy
  const message = `the process of the model ${path} ended unexpectedly (${how})`
  // The system's answer to reading a part of a mapped file that is no longer there.
  if (killedBy === 'SIGBUS')
    return renderFailure(message, 'was the model replaced while it ran? Then try again')
  if (killedBy === 'SIGKILL') return renderFailure(message, 'is there enough memory?')
  return renderFailure(
    message,
    device === 'cpu' ? 'try again' : 'try again; --device cpu does without the GPU',
  )
}
