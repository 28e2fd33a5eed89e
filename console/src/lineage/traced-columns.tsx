import { AssetLink, Mono } from '../parts/mono.js'
import { type ColumnTrace, originWords } from './column-trace.js'
import { hopLists } from './hop-lists.js'
import classes from './lineage.module.css'

/** The way of a column in words, from where it comes from to where it goes. */
export function TracedColumns({ trace, asset: focus }: Readonly<{ trace: ColumnTrace; asset: string }>) {
  return (
    <ol className={classes.traced} aria-label="The way of the column">
      {hopLists(trace.hops).flatMap(({ assets }) =>
        assets.flatMap((asset) =>
          (trace.columns.get(asset) ?? []).map((column) => (
            <li key={`${asset}.${column.column}`} data-focus={asset === focus || undefined}>
              <span>
                <AssetLink asset={asset} tab="lineage" /> <Mono>{column.column}</Mono>
              </span>
              <span className="soft">{originWords(column)}</span>
            </li>
          )),
        ),
      )}
    </ol>
  )
}
