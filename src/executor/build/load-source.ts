import type { Candidate, RowChange } from '../../adapters/engines/engine.js'
import { physicalName } from '../../adapters/engines/physical-name.js'
import type { Extract } from '../../adapters/sources/source.js'
import type { Json } from '../../base/json.js'
import type { Payload } from '../../columns/payload.js'
import type { Asset } from '../../domain/asset.js'
import { quoteName, quoteQualified } from '../../sql/quote.js'
import type { RunContext } from '../context.js'

export type Load = Readonly<{
  /** Null: nothing is new. */
  rows: Readonly<{ candidate: Candidate; change: RowChange; position: Json }> | null
  notes: readonly string[]
}>

/** Released rows, null where there are none. Loaded afresh, what comes is all there is and takes their place. */
type Released = Readonly<{ live: string | null; afresh: boolean }>

/** Loads what is new upstream into a candidate. */
export async function loadSource(
  asset: Asset,
  options: { full: boolean; folder: string },
  context: RunContext,
  signal: AbortSignal,
): Promise<Load> {
  const state = context.states.get(asset.name)
  const live = state?.relation ?? null
  const afresh = options.full || live === null
  const source = await context.deps.openSource(asset)
  try {
    const extract = await source.extract(
      { position: afresh ? null : (state?.position ?? null), folder: options.folder },
      signal,
    )
    let consumed = false
    try {
      const load = await consume(asset, extract, { live, afresh }, context, signal)
      consumed = true
      return load
    } finally {
      await extract.settle(consumed)
    }
  } finally {
    await source.close()
  }
}

async function consume(
  asset: Asset,
  extract: Extract,
  released: Released,
  context: RunContext,
  signal: AbortSignal,
): Promise<Load> {
  const { notes } = extract
  if (!extract.payload) return { rows: null, notes }
  const relation = physicalName(asset.name, context.run)
  const candidate = await ingest(asset, relation, extract.payload, extract.columns, context, signal)
  const change = await changeOf(asset, extract, candidate, released, context, signal)
  return { rows: { candidate, change, position: extract.position() }, notes }
}

function ingest(
  asset: Asset,
  relation: string,
  payload: Payload,
  columns: Extract['columns'],
  context: RunContext,
  signal: AbortSignal,
): Promise<Candidate> {
  const watch = {
    onProgress: (percent: number) => context.deps.emit({ kind: 'step-progress', asset: asset.name, percent }),
  }
  return context.workspace.ingest(
    { asset: asset.name, relation, payload, ...(columns && { columns }) },
    watch,
    signal,
  )
}

async function changeOf(
  asset: Asset,
  extract: Extract,
  { relation: candidate }: Candidate,
  { live, afresh }: Released,
  context: RunContext,
  signal: AbortSignal,
): Promise<RowChange> {
  const { effect } = extract
  if (live === null || afresh || effect.kind === 'replace') return { kind: 'replace', candidate, live }
  switch (effect.kind) {
    case 'append':
      return { kind: 'append', candidate, live, key: [] }
    case 'files':
      return { kind: 'files', candidate, live, fileColumn: effect.fileColumn, files: effect.files }
    case 'merge': {
      const gone = effect.keysPayload && (await goneKeys(asset, effect.keysPayload, context, signal))
      return { kind: 'merge', candidate, live, key: asset.key, deletes: 'none', ...(gone && { gone }) }
    }
  }
}

/** Keys that are released but no longer upstream. */
async function goneKeys(
  asset: Asset,
  payload: Payload,
  context: RunContext,
  signal: AbortSignal,
): Promise<string> {
  const state = context.states.get(asset.name)!
  const columns = state.columns.filter(({ name }) => asset.key.includes(name))
  const alias = `millrace_keys.${asset.name.replace('.', '__')}`
  const upstream = await ingest(
    asset,
    `${physicalName(asset.name, context.run)}__keys`,
    payload,
    columns,
    context,
    signal,
  )
  await context.workspace.define(alias, { kind: 'relation', relation: upstream.relation, columns })
  const names = asset.key.map(quoteName).join(', ')
  const gone = await context.workspace.build(
    {
      asset: asset.name,
      relation: `${physicalName(asset.name, context.run)}__gone`,
      sql: `select ${names} from ${quoteQualified(asset.name)} except select ${names} from ${quoteQualified(alias)}`,
      parameters: {},
    },
    {},
    signal,
  )
  return gone.relation
}
