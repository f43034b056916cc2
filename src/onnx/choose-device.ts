// From what a user asks for to the device that is used.

import { environmentFailure, usageFailure } from '../diagnostic/failure.js'
import { automaticDevices, DEVICE_NAMES, devicesOf } from './device.js'
import { type DeviceProblem, lookForDevice, type Machine, thisMachine } from './device-signs.js'
import { tryDevice } from './device-trial.js'

export type ChosenDevice = {
  device: string
  /** Why it is not a better one, where a better one seems to be there. */
  warning: string | null
}

/** For tests, another machine and another way of trying. */
export type Choosing = { machine?: Machine; tryOut?: typeof tryDevice }

/**
 * `auto` takes the best device that works; what there is no sign of is not tried. Any other name is tried and taken, or refused:
 * @throws Failure (usage for a name that is none, environment for a device that isn't there).
 */
export async function chooseDevice(requested: string, choosing: Choosing = {}): Promise<ChosenDevice> {
  if (requested === 'cpu') return { device: 'cpu', warning: null }
  if (!DEVICE_NAMES.includes(requested)) {
    throw usageFailure(
      `there is no device called ${JSON.stringify(requested)}`,
      `there are: ${DEVICE_NAMES.join(', ')}`,
    )
  }
  if (requested === 'auto') return chooseBest(choosing)
  const problem = await problemOf(requested, choosing, false)
  if (problem === null) return { device: requested, warning: null }
  throw environmentFailure(
    `the device ${requested} can't be used: ${problem.reason}`,
    problem.hint ?? 'leave out --device; `storyreel doctor` shows the devices of this machine',
  )
}

async function chooseBest(choosing: Choosing): Promise<ChosenDevice> {
  const { platform, arch } = choosing.machine ?? process
  let warning: string | null = null
  const chosen = (device: string) => ({ device, warning: warning && `${warning}; ${device} is used` })
  for (const device of automaticDevices(platform, arch)) {
    if (device === 'cpu') break
    const problem = await problemOf(device, choosing, true)
    if (problem === null) return chosen(device)
    if (problem.isHardwareThere) warning ??= describe(device, problem)
  }
  return chosen('cpu')
}

/** Null when the device works. With `needsSigns`, one without signs is not tried. */
export async function problemOf(
  device: string,
  { machine = thisMachine(), tryOut = tryDevice }: Choosing = {},
  needsSigns = true,
): Promise<DeviceProblem | null> {
  const { platform, arch } = machine
  if (!devicesOf(platform, arch).includes(device)) {
    const reason = `onnxruntime-node has no ${device} for ${platform} ${arch}`
    return { reason, hint: `here there are: ${devicesOf(platform, arch).join(', ')}`, isHardwareThere: false }
  }
  if (device === 'cpu') return null
  const problem = lookForDevice(device, machine)
  if (problem !== null && needsSigns) return problem
  const failure = await tryOut(device)
  return failure && (problem ?? { ...failure, isHardwareThere: true })
}

const describe = (device: string, { reason, hint }: DeviceProblem): string =>
  `${device} can't be used: ${reason}${hint === null ? '' : ` (${hint})`}`
