import { afterEach, beforeEach, describe } from 'vitest'
import { createBench, type OpenEngine, type Skip } from './engine/bench.js'
import { bindingClaims } from './engine/binding.js'
import { buildingClaims } from './engine/building.js'
import { deliveriesClaims } from './engine/deliveries.js'
import { eventTimeClaims } from './engine/event-time.js'
import { ingestingClaims } from './engine/ingesting.js'
import { quarantiningClaims } from './engine/quarantining.js'
import { queryingClaims } from './engine/querying.js'
import { releasingClaims } from './engine/releasing.js'
import { rowChangesClaims } from './engine/row-changes.js'
import { tenantsClaims } from './engine/tenants.js'
import { writingClaims } from './engine/writing.js'

/**
 * What every engine must do, in the port's own words. `skip` names claims an engine cannot keep, with the reason;
 * they are reported as skipped.
 */
export function engineConformance(name: string, open: OpenEngine, { skip = {} }: { skip?: Skip } = {}): void {
  describe(`engine ${name}`, () => {
    const bench = createBench(open, skip)
    beforeEach(bench.setUp)
    afterEach(bench.tearDown)
    buildingClaims(bench)
    ingestingClaims(bench)
    bindingClaims(bench)
    releasingClaims(bench)
    rowChangesClaims(bench)
    deliveriesClaims(bench)
    eventTimeClaims(bench)
    quarantiningClaims(bench)
    writingClaims(bench)
    queryingClaims(bench)
    tenantsClaims(bench)
  })
}
