// What sessions can run on.

import { environmentFailure } from '../diagnostic/failure.js'

/** By device, best first: its onnxruntime execution providers, first choice first. */
const PROVIDERS: Readonly<Record<string, readonly string[]>> = { cpu: ['cpu'] }

/** What a user may ask for; `auto` takes the best there is. */
export const DEVICE_NAMES = ['auto', ...Object.keys(PROVIDERS)]

/** The name of the device to use. Throws a Failure (exit 3) for one that isn't there. */
export function resolveDevice(requested: string): string {
  if (requested === 'auto') return DEVICE_NAMES[1]!
  if (DEVICE_NAMES.includes(requested)) return requested
  throw environmentFailure(
    `the device ${requested} is not available`,
    `leave out --device, or use one of: ${DEVICE_NAMES.join(', ')}`,
  )
}

/** Of a resolved device. */
export const executionProviders = (device: string): readonly string[] => PROVIDERS[device]!
