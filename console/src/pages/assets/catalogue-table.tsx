import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { AssetSummary } from '../../../../src/app/api/shapes.js'
import { Ago } from '../../parts/ago.js'
import { DataTable, type TableColumn } from '../../parts/data-table.js'
import { AssetLink } from '../../parts/mono.js'
import { Duration, Rows } from '../../parts/numbers.js'
import { Sparkline } from '../../parts/sparkline.js'
import { State, StateIcon } from '../../parts/state.js'
import { count } from '../../words/numbers.js'
import { duration } from '../../words/time.js'
import classes from './assets.module.css'
import { type CatalogueLine, catalogueLines } from './catalogue.js'
import { scheduleWords } from './schedule-words.js'

/** The catalogue's rows under the heads of their folders. */
export function CatalogueTable({
  assets,
  grouped,
}: Readonly<{ assets: readonly AssetSummary[]; grouped: boolean }>) {
  const lines = useMemo(() => {
    const all = catalogueLines(assets)
    return grouped ? all : all.filter(({ kind }) => kind === 'asset')
  }, [assets, grouped])
  return (
    <DataTable
      label="Assets by folder"
      columns={COLUMNS}
      rows={lines}
      rowKey={(line) => (line.kind === 'folder' ? `${line.folder}/` : line.asset.asset)}
      rowHeight={52}
      across={folderHead}
    />
  )
}

const folderHead = (line: CatalogueLine) => (line.kind === 'folder' ? <FolderHead {...line} /> : null)

function FolderHead({ folder, total, troubled }: CatalogueLine & { kind: 'folder' }) {
  return (
    <span className={classes.folder}>
      <Link to="/assets" search={(known) => ({ ...known, folder })} className={classes.folderName}>
        {folder === '' ? 'No folder' : folder}
      </Link>
      <span className="soft">{count(total, 'asset')}</span>
      {troubled > 0 ? <State of="warning" word={`${troubled} held, failed or late`} /> : null}
    </span>
  )
}

const column = (
  own: Omit<TableColumn<CatalogueLine>, 'cell'>,
  cell: (asset: AssetSummary) => React.ReactNode,
): TableColumn<CatalogueLine> => ({
  ...own,
  cell: (line) => (line.kind === 'asset' ? cell(line.asset) : null),
})

const COLUMNS: readonly TableColumn<CatalogueLine>[] = [
  column({ key: 'state', title: 'State', width: '132px' }, ({ health }) => <State of={health} />),
  column({ key: 'asset', title: 'Asset' }, (asset) => <Name asset={asset} />),
  column({ key: 'release', title: 'Release', width: '136px', from: 720 }, (asset) => (
    <Release asset={asset} />
  )),
  column({ key: 'rows', title: 'Rows', align: 'right', width: '116px', from: 900 }, ({ rows }) => (
    <Rows value={rows} />
  )),
  column({ key: 'duration', title: 'Duration', width: '150px', from: 1000 }, (asset) => (
    <Durations asset={asset} />
  )),
  column({ key: 'next', title: 'Next run', width: '124px', from: 1120 }, (asset) => <Next asset={asset} />),
  column({ key: 'owner', title: 'Owner', width: '104px', from: 1120 }, ({ owner }) => owner || '–'),
  column({ key: 'alerts', title: 'Alerts', align: 'right', width: '72px', from: 720 }, (asset) => (
    <OpenAlerts asset={asset} />
  )),
]

function Name({ asset }: Readonly<{ asset: AssetSummary }>) {
  return (
    <div className={classes.name}>
      <AssetLink asset={asset.asset} />
      <span className={classes.description} title={asset.description}>
        <span className={classes.narrow}>
          {asset.release === null ? null : (
            <>
              release {asset.release} · <Ago at={asset.releasedAt} />
            </>
          )}
        </span>
        <span className={classes.wide}>{asset.description}</span>
      </span>
    </div>
  )
}

function Release({ asset }: Readonly<{ asset: AssetSummary }>) {
  if (asset.release === null) return <span className="soft">–</span>
  return (
    <span className="nowrap">
      {asset.release} <span className="soft">·</span> <Ago at={asset.releasedAt} />
    </span>
  )
}

function Durations({ asset: { durations, latest } }: Readonly<{ asset: AssetSummary }>) {
  const last = durations.at(-1) ?? latest?.durationMs ?? null
  return (
    <span className={classes.durations}>
      <Sparkline
        values={durations}
        width={64}
        label={
          last === null
            ? 'No step yet'
            : `Durations of the last ${count(durations.length, 'step')}, now ${duration(last)}`
        }
      />
      <Duration value={last} none="" />
    </span>
  )
}

function Next({ asset: { schedule, nextTick } }: Readonly<{ asset: AssetSummary }>) {
  if (nextTick !== null) return <Ago at={nextTick} />
  return (
    <span className="soft nowrap" title={scheduleWords(schedule)}>
      {schedule.kind === 'upstream' ? 'with its inputs' : schedule.kind === 'never' ? 'by hand' : '–'}
    </span>
  )
}

function OpenAlerts({ asset: { asset, openAlerts } }: Readonly<{ asset: AssetSummary }>) {
  if (openAlerts === 0) return <span className="soft">–</span>
  return (
    <Link
      to="/alerts"
      search={{ asset }}
      className={classes.alerts}
      aria-label={count(openAlerts, 'open alert')}
    >
      <StateIcon of="firing" size={15} />
      {openAlerts}
    </Link>
  )
}
