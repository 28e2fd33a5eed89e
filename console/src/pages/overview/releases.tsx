import type { ReleaseSummary } from '../../../../src/adapters/state/store.js'
import { Ago } from '../../parts/ago.js'
import { Empty } from '../../parts/empty.js'
import { AssetLink, RunLink } from '../../parts/mono.js'
import { Section } from '../../parts/page-title.js'
import { count } from '../../words/numbers.js'
import classes from './overview.module.css'

const SHOWN = 6
const NAMED = 2

/** What went out last; each is one atomic moment. */
export function Releases({ releases }: Readonly<{ releases: readonly ReleaseSummary[] }>) {
  return (
    <Section title="Last releases">
      {releases.length === 0 ? (
        <Empty title="Releases will be here." command="millrace run">
          A release is the moment in which a run’s passed rows become visible, all at once.
        </Empty>
      ) : (
        <div className={classes.list}>
          {releases.slice(0, SHOWN).map(({ release, run, at, assets }) => (
            <div key={release} className={classes.line}>
              <RunLink run={run}>Release {release}</RunLink>
              <span className={classes.names}>
                {count(assets.length, 'asset')}
                {assets.length <= NAMED ? ': ' : ''}
                {assets.length <= NAMED
                  ? assets.map((asset, index) => (
                      <span key={asset}>
                        {index > 0 ? ', ' : ''}
                        <AssetLink asset={asset} />
                      </span>
                    ))
                  : null}
              </span>
              <span className={classes.end}>
                <Ago at={at} />
              </span>
            </div>
          ))}
        </div>
      )}
    </Section>
  )
}
