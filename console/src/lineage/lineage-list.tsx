import type { AssetSummary } from '../../../src/app/api/shapes.js'
import { Ago } from '../parts/ago.js'
import { AssetLink } from '../parts/mono.js'
import { State } from '../parts/state.js'
import { count } from '../words/numbers.js'
import { hopLists, hopWords } from './hop-lists.js'
import classes from './lineage.module.css'
import type { Graph, Hops } from './neighbourhood.js'

type Props = Readonly<{ graph: Graph; shown: Hops; summaries: ReadonlyMap<string, AssetSummary> }>

/** The same as the picture in words: what is read, hop by hop, then the asset, then who reads it. */
export function LineageList({ graph, shown, summaries }: Props) {
  return (
    <ol className={classes.hops}>
      {hopLists(shown).map(({ hops, assets }) => (
        <li key={hops}>
          <h2 className={classes.hop}>
            {hopWords(hops)}
            {hops === 0 ? null : <span className="soft"> {count(assets.length, 'asset')}</span>}
          </h2>
          <ul className={classes.hopAssets}>
            {assets.map((asset) => {
              const summary = summaries.get(asset)
              const inputs = graph.get(asset)?.inputs ?? []
              return (
                <li key={asset} data-focus={hops === 0 || undefined}>
                  <span className={classes.hopState}>{summary ? <State of={summary.health} /> : null}</span>
                  <span className={classes.hopName}>
                    <AssetLink asset={asset} tab="lineage" />
                    <span className="soft">
                      {inputs.length > 0 ? `reads ${named(inputs)}` : sourceWords(graph, asset)}
                    </span>
                  </span>
                  <span className={classes.hopRelease}>
                    {summary?.release == null ? (
                      <span className="soft">not released</span>
                    ) : (
                      <>
                        release {summary.release} · <Ago at={summary.releasedAt} />
                      </>
                    )}
                  </span>
                </li>
              )
            })}
          </ul>
        </li>
      ))}
    </ol>
  )
}

const MOST_NAMED = 3

const named = (assets: readonly string[]): string =>
  assets.length <= MOST_NAMED
    ? assets.join(', ')
    : `${assets.slice(0, MOST_NAMED).join(', ')} and ${assets.length - MOST_NAMED} more`

function sourceWords(graph: Graph, asset: string): string {
  const upstream = graph.get(asset)?.upstream
  return upstream ? `comes from ${upstream}` : 'reads no other asset'
}
