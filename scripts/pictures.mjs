// Takes the pictures of the documentation from the running example: `npm start` in one terminal, then
// `node scripts/pictures.mjs` in another. Needs Debian's chromium, or CHROMIUM=/path.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { findReport } from './pictures/find-report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = join(root, 'examples', 'washrooms', '.millrace')
const out = join(root, 'docs', 'pictures')

/** Name of the picture, address in the console, and theme. Desktop size unless `width` says otherwise. */
const PAGES = [
  { name: 'overview', path: '/' },
  { name: 'overview-dark', path: '/', scheme: 'dark' },
  { name: 'asset', path: '/assets/marts.traffic_hourly?tab=metrics' },
  { name: 'lineage', path: '/assets/marts.fill_level?tab=lineage' },
  { name: 'alerts', path: '/alerts' },
  { name: 'phone', path: '/', width: 390, height: 844 },
]

const { url } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8'))
const token = readFileSync(join(home, 'token'), 'utf8').trim()
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
mkdirSync(out, { recursive: true })
try {
  for (const page of PAGES) await shootPage(page)
  await shootLatestRun()
  await shootReport()
} finally {
  await browser.close()
}

async function shootPage({ name, path, scheme = 'light', width = 1280, height = 800 }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    deviceScaleFactor: 1,
  })
  const page = await context.newPage()
  await page.goto(`${url}${path}#token=${token}`)
  // Live events keep the network busy for ever, so what is waited for is that no skeleton is left.
  await page.waitForFunction(() => !document.querySelector('[data-skeleton], .mantine-Skeleton-root'))
  await page.waitForTimeout(600)
  await page.screenshot({ path: join(out, `${name}.png`) })
  await context.close()
  console.log(`docs/pictures/${name}.png`)
}

async function shootLatestRun() {
  const answer = await fetch(`${url}/api/v1/runs?limit=50`, { headers: { authorization: `Bearer ${token}` } })
  const runs = await answer.json()
  // One that a schedule began: what somebody typed may name folders of their machine.
  const whole = runs.find(
    ({ total, release, trigger }) => release !== null && total > 8 && trigger.startsWith('schedule'),
  )
  if (whole) await shootPage({ name: 'run', path: `/runs/${whole.run}` })
}

async function shootReport() {
  const file = findReport(join(home, 'reports'))
  if (!file) return console.log('No report is rendered yet: millrace report weekly')
  const page = await browser.newPage({ viewport: { width: 900, height: 1200 } })
  await page.goto(String(pathToFileURL(file)))
  await page.screenshot({ path: join(out, 'report.png') })
  await page.close()
  console.log('docs/pictures/report.png')
}
