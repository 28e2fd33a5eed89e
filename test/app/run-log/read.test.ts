import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { logFile } from '../../../src/app/run-log/place.js'
import { readRunLog } from '../../../src/app/run-log/read.js'
import { openRunLog } from '../../../src/app/run-log/write.js'
import { systemClock } from '../../../src/base/clock.js'
import { silentLog } from '../../../src/base/log.js'
import type { RunEvent } from '../../../src/executor/events.js'
import type { Plan } from '../../../src/planner/plan.js'

const plan = { steps: [{ asset: 'a.a' }] } as unknown as Plan
const said = (message: string, asset = 'a.a'): RunEvent => ({
  kind: 'step-log',
  asset,
  level: 'info',
  message,
})

test('a run’s lines are read in order, by asset, after a line, and past a line cut off by a crash', async () => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  try {
    const log = openRunLog(home, systemClock, silentLog)
    log.note({ kind: 'run-started', run: 7, plan })
    // Who hears of an event can read its line, while the run goes on.
    expect(await readRunLog(home, { run: 7, asset: null, after: 0, limit: 1 })).toMatchObject([{ line: 1 }])
    for (let count = 0; count < 50; count++) log.note(said(`line ${count}`, count % 2 ? 'a.a' : 'b.b'))
    log.note({ kind: 'step-progress', asset: 'a.a', percent: 3 })
    log.close()
    appendFileSync(logFile(home, 7), '{"line": 52, "at"')
    const all = await readRunLog(home, { run: 7, asset: null, after: 0, limit: 1000 })
    expect(all.map(({ line }) => line)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1))
    const some = await readRunLog(home, { run: 7, asset: 'a.a', after: 40, limit: 3 })
    expect(some.map(({ message }) => message)).toEqual(['line 39', 'line 41', 'line 43'])
    expect(await readRunLog(home, { run: 8, asset: null, after: 0, limit: 1 })).toEqual([])
  } finally {
    rmSync(home, { recursive: true })
  }
})
