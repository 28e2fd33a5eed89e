import type { AssetDetail, ColumnDetail } from '../../../../src/app/api/shapes.js'
import { Empty } from '../../parts/empty.js'
import { Mono } from '../../parts/mono.js'
import { Section } from '../../parts/page-title.js'
import { count } from '../../words/numbers.js'
import { typeWord } from './cell-text.js'
import { CheckList } from './check-list.js'
import classes from './tabs.module.css'

/** What each column is, and what is promised about the rows and how that was kept. */
export function ColumnsTab({ detail }: Readonly<{ detail: AssetDetail }>) {
  return (
    <>
      <Section
        title="Columns"
        aside={detail.columns.length > 0 ? count(detail.columns.length, 'column') : null}
      >
        {detail.columns.length === 0 ? (
          <Empty title="The columns appear here." command={`millrace run --select ${detail.asset}`}>
            None is declared in the header, and the engine knows them once the asset was built.
          </Empty>
        ) : (
          <Columns detail={detail} />
        )}
      </Section>
      <Section
        title="Checks"
        aside={detail.checkHistory.length > 0 ? 'Left to right: oldest to latest' : null}
      >
        {detail.checkHistory.length === 0 ? (
          <Empty title="Checks and their history appear here.">
            This asset has none, so every row it builds is released. Declare them in the header of{' '}
            {detail.file}: under a column, checks: [not_null].
          </Empty>
        ) : (
          <CheckList detail={detail} />
        )}
      </Section>
    </>
  )
}

function Columns({ detail }: Readonly<{ detail: AssetDetail }>) {
  const checks = new Map<string, number>()
  for (const { column } of detail.checkHistory) {
    if (column !== null) checks.set(column, (checks.get(column) ?? 0) + 1)
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keys
    <section className={classes.frame} aria-label="Columns, what they mean" tabIndex={0}>
      <table className={classes.table} aria-label="Columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">What it means</th>
            <th scope="col" data-align="right">
              Checks
            </th>
          </tr>
        </thead>
        <tbody>
          {detail.columns.map((column) => (
            <tr key={column.name}>
              <th scope="row">
                <Mono>{column.name}</Mono>
                <Marks column={column} time={detail.time?.column ?? null} />
              </th>
              <td>
                <code className={classes.type}>{typeWord(column.type)}</code>
              </td>
              <td>{column.description || <span className="soft">not described</span>}</td>
              <td data-align="right">{checks.get(column.name) ?? <span className="soft">–</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Marks({ column, time }: Readonly<{ column: ColumnDetail; time: string | null }>) {
  return (
    <>
      {column.key ? <span className={classes.mark}>key</span> : null}
      {column.name === time ? <span className={classes.mark}>event time</span> : null}
    </>
  )
}
