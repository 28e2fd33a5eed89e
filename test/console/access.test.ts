import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { start } from '../../console/dev/server.js'
import { skipsBrowser, startChromium } from '../support/chromium.js'

/** Every page and tab, with what is opened first. The made-up project has a bit of every trouble. */
const PAGES: readonly (readonly [path: string, opened?: string])[] = [
  ['/'],
  ['/assets'],
  ...['data', 'columns', 'lineage', 'metrics', 'releases', 'code'].map(
    (tab) => [`/assets/marts.traffic_hourly?tab=${tab}`] as const,
  ),
  ['/lineage'],
  ['/runs'],
  ['/runs/812'],
  ['/runs/760'],
  ['/alerts'],
  ['/alerts/39'],
  ['/alerts/41', 'Acknowledge'],
  ['/alerts', 'Silence'],
  ['/reports'],
  ['/reports/weekly'],
  ['/nothing/here'],
  ['/assets/no.such'],
]

const DESK = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }

type Fault = Readonly<{ id: string; target: string; why: string }>

describe.skipIf(skipsBrowser)(
  'the console, for those who see or point differently',
  { timeout: 180_000 },
  () => {
    let browser: Browser
    let base: string
    let stopServer = () => {}
    beforeAll(async () => {
      const server = await start({
        folder: fileURLToPath(new URL('../../dist/console', import.meta.url)),
        port: 0,
        assets: 14,
        mood: 'troubled',
        pace: 5,
      })
      base = server.url
      stopServer = server.stop
      browser = await startChromium()
    })
    afterAll(async () => {
      await browser.close()
      stopServer()
    })

    const signedIn = async (): Promise<Page> => {
      const context = await browser.newContext({
        viewport: DESK,
        reducedMotion: 'reduce',
        // The rules are put into the page; the console itself loads nothing from elsewhere.
        bypassCSP: true,
      })
      const page = await context.newPage()
      await page.goto(base)
      await page.getByRole('heading').first().waitFor()
      return page
    }
    const open = async (page: Page, path: string, opened?: string) => {
      await page.goto(new URL(path, base).href)
      await page.waitForFunction(
        () => document.querySelector('main h1') && !document.querySelector('.mantine-Skeleton-root'),
      )
      if (opened) {
        await page.getByRole('button', { name: opened }).first().click()
        await page.getByRole('dialog').waitFor()
      }
    }

    test('every page keeps the rules of axe, in light and dark, and is no wider than a phone', async () => {
      const page = await signedIn()
      const faults: string[] = []
      for (const [path, opened] of PAGES) {
        await page.emulateMedia({ colorScheme: 'light' })
        await open(page, path, opened)
        await page.evaluate(axe.source)
        for (const { id, target, why } of await faultsOn(page, null))
          faults.push(`${path} ${id}: ${target} ${why}`)
        await page.emulateMedia({ colorScheme: 'dark' })
        for (const { target, why } of await faultsOn(page, 'color-contrast'))
          faults.push(`${path} dark: ${target} ${why}`)
        await page.setViewportSize(PHONE)
        if (await page.evaluate(isTooWide)) faults.push(`${path} is wider than a phone`)
        await page.setViewportSize(DESK)
      }
      expect(faults).toEqual([])
    })
  },
)

/** Runs in the page, once it had time to lay itself out anew. */
const isTooWide = () =>
  new Promise<boolean>((resolve) =>
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        resolve(document.documentElement.scrollWidth > document.documentElement.clientWidth),
      ),
    ),
  )

/** What breaks a rule. A dialog's own header is no second banner of the page, whatever its element. */
async function faultsOn(page: Page, only: string | null): Promise<Fault[]> {
  return page.evaluate(async (rule) => {
    const axe = (globalThis as unknown as { axe: typeof import('axe-core') }).axe
    const rules = {
      'landmark-no-duplicate-banner': { enabled: false },
      'landmark-unique': { enabled: false },
    }
    const { violations } = await axe.run(document, {
      resultTypes: ['violations'],
      ...(rule ? { runOnly: [rule] } : { rules }),
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any }) => ({ id, target: target.join(' '), why: any[0]?.message ?? '' })),
    )
  }, only)
}
