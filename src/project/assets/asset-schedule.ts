import type { Schedule } from '../../domain/schedule.js'
import type { Report } from '../diagnostics/report.js'
import type { Draft } from '../headers/read-asset.js'
import { assetDiagnostic } from './diagnostics.js'

/** A built asset follows what it reads; a source has nothing to follow and waits to be asked. */
export function scheduleOf({ kind, fields }: Draft): Schedule {
  return fields.schedule?.value ?? { kind: kind === 'source' ? 'never' : 'upstream' }
}

export function reportSchedule({ kind, fields, file }: Draft, report: Report): void {
  if (kind === 'source' && fields.schedule?.value.kind === 'upstream')
    report(assetDiagnostic('SCHEDULE_UPSTREAM_SOURCE', { asset: file.name }, fields.schedule.at))
}
