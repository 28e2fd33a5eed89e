import { afterAll, beforeAll, describe, test } from 'vitest'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'
import { liveThrough } from './truth-history.js'

/** `TRUTH_SEEDS=100-200 TRUTH_STEPS=30` lives through more and longer histories. */
const [first = 1, last = 3] = (process.env.TRUTH_SEEDS ?? '').split('-').filter(Boolean).map(Number)
const steps = Number(process.env.TRUTH_STEPS ?? 5)

let sources: TestPostgres
let app: TestPostgres
let stateUrl: string
beforeAll(async () => {
  sources = await startTestPostgres()
  app = await startTestPostgres()
  stateUrl = await sources.createDatabase()
})
afterAll(async () => {
  await sources.stop()
  await app.stop()
})

describe('whatever happens, the tables are those of a build from nothing, and the app shows them', () => {
  for (let seed = first; seed <= last; seed++) {
    test(`history ${seed}`, { timeout: 600_000 }, async () => {
      await liveThrough(seed, steps, {
        sourceUrl: await sources.createDatabase(),
        appUrl: await app.createDatabase(),
        stateUrl,
        stopApp: app.kill,
        startApp: app.start,
      })
    })
  }
})
