import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** A Chromium that is on this machine; null where there is none. */
export const chromiumPath: string | null = PLACES.find((path) => path && existsSync(path)) ?? null

/** CI has to look at every page; elsewhere those tests are left out where no browser is. */
export const skipsBrowser = chromiumPath === null && process.env.MILLRACE_TEST_ALL === undefined

export function startChromium(): Promise<Browser> {
  if (!chromiumPath) throw new Error('There is no Chromium: apt-get install chromium, or CHROMIUM=/path')
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
}
