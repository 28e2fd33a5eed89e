import type { AssetDetail, CheckHistory } from '../../../../src/app/api/shapes.js'
import { Ago } from '../../parts/ago.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { Mono, RunLink } from '../../parts/mono.js'
import { State } from '../../parts/state.js'
import { CheckStrip } from './check-strip.js'
import { latestSamples, onFailWords, resultWords, sampleColumns, sortChecks } from './check-words.js'
import { RowsTable } from './rows-table.js'
import classes from './tabs.module.css'

/** Every check: how it stands, its latest counts, its history as a strip, and rows that failed it. */
export function CheckList({ detail }: Readonly<{ detail: AssetDetail }>) {
  return (
    <ul className={classes.checks}>
      {sortChecks(detail.checkHistory).map((check) => (
        <Check key={check.check} check={check} detail={detail} />
      ))}
    </ul>
  )
}

function Check({ check, detail }: Readonly<{ check: CheckHistory; detail: AssetDetail }>) {
  const [latest] = check.results
  const samples = latestSamples(detail.steps, check.check)
  const columns = sampleColumns(samples)
  return (
    <li className={classes.check}>
      <div className={classes.checkHead}>
        <span className={classes.checkState}>
          {latest ? <State of={latest.status} /> : <State of="waiting" word="Not judged" />}
        </span>
        <span className={classes.checkName}>
          <Mono>{check.check}</Mono>
          <span className="soft">
            {check.severity}, {onFailWords(check.onFail)}
          </span>
        </span>
        <span className={classes.checkResult}>
          {latest ? (
            <>
              {resultWords(check, latest)}
              <span className="soft">
                {' '}
                · <Ago at={latest.at} />, <RunLink run={latest.run} />
              </span>
            </>
          ) : (
            <span className="soft">Judged at the asset’s next step.</span>
          )}
        </span>
        <CheckStrip check={check} />
      </div>
      {samples.length > 0 ? (
        <details className={classes.samples} open={latest?.status === 'failed'}>
          <summary>{samples.length === 1 ? 'One row' : `${samples.length} rows`} of those that fail</summary>
          <RowsTable
            label={`Rows that fail ${check.check}`}
            columns={columns.map((name) => ({
              name,
              type: detail.columns.find((column) => column.name === name)?.type ?? null,
            }))}
            rows={samples.map((row) => columns.map((name) => row[name] ?? null))}
            maxHeight="260px"
          />
          <div className={classes.below}>
            <CopyCommand command={`millrace check ${detail.asset} --rows`} />
          </div>
        </details>
      ) : null}
    </li>
  )
}
