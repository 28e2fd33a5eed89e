import type { Asset, KeyedDeletes } from '../../domain/asset.js'
import { type Draft, materializationOf, placesOf } from '../headers/read-asset.js'
import { scheduleOf } from './asset-schedule.js'
import { columnsOf } from './declared-columns.js'

const DEFAULT_TIMEOUT_MS = 30 * 60_000
const DEFAULT_RETRIES = 3

/** A draft with its parts becomes an asset; what the header leaves out gets its default. */
export function assembleAsset(
  draft: Draft,
  parts: Pick<Asset, 'body' | 'inputs' | 'checkReads' | 'checks' | 'deliver'>,
): Asset {
  const { fields, file, at } = draft
  const { time } = fields
  return {
    name: file.name,
    file: file.source.file,
    line: at.line,
    description: fields.description?.trim() ?? '',
    owner: fields.owner ?? '',
    tags: fields.tags ?? [],
    materialize: materializationOf(draft),
    key: (fields.key ?? []).map(({ value }) => value),
    ...(time && {
      time: { column: time.column.value, grain: time.grain ?? 'hour', lookbackMs: time.lookback ?? 0 },
    }),
    deletes: deletesOf(draft),
    columns: columnsOf(draft),
    schedule: scheduleOf(draft),
    budget: fields.budget?.duration === undefined ? {} : { durationMs: fields.budget.duration },
    timeoutMs: fields.timeout ?? DEFAULT_TIMEOUT_MS,
    retries: fields.retries ?? DEFAULT_RETRIES,
    allowIncomplete: draft.kind !== 'source' && (draft.fields.allow_incomplete ?? false),
    ...parts,
    places: placesOf(draft),
  }
}

function deletesOf(draft: Draft): KeyedDeletes {
  if (draft.kind === 'source') return 'none'
  const { deletes = 'none' } = draft.fields
  return typeof deletes === 'object' ? { when: deletes.when.value } : deletes
}
