import { expect, test } from 'vitest'
import { torture } from './torture.js'

test('kill -9 at random moments changes nothing in the end, and readers never see two tables disagree', async () => {
  const report = await torture({ kills: 8, batches: 2, seed: 20260301 })
  expect(report.different).toEqual([])
  expect(report.disagreements).toBe(0)
  expect(report.looks).toBeGreaterThan(0)
}, 180_000)
