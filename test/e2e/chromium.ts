// A real Chromium, where there is one.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
)

/** Why tests in a browser are skipped; null where they run. */
export const noChromium = path === undefined ? 'there is no Chromium' : null

/** With a new profile, which is gone when it is closed. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: path!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
