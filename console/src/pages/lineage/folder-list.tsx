import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { AssetSummary } from '../../../../src/app/api/shapes.js'
import { type Graph, neighbours } from '../../lineage/neighbourhood.js'
import { State } from '../../parts/state.js'
import { count } from '../../words/numbers.js'
import { folderOf, isTrouble } from '../assets/catalogue.js'
import classes from './lineage.module.css'

type Props = Readonly<{ graph: Graph; summaries: ReadonlyMap<string, AssetSummary> }>

/** Folders in words: what each reads from and who reads from it. */
export function FolderList({ graph, summaries }: Props) {
  const folders = useMemo(() => foldersOf(graph), [graph])
  return (
    <ul className={classes.folders}>
      {folders.map(({ folder, assets, reads, readBy }) => {
        const troubled = assets.filter((asset) => isTrouble(summaries.get(asset)?.health ?? 'fresh')).length
        return (
          <li key={folder}>
            <div className={classes.folderHead}>
              <Link to="/assets" search={{ folder }} className={classes.folderName}>
                {folder || 'no folder'}
              </Link>
              <span className="soft">{count(assets.length, 'asset')}</span>
              {troubled > 0 ? <State of="warning" word={`${troubled} held, failed or late`} /> : null}
            </div>
            <div className="soft">
              {reads.length > 0 ? `Reads from ${reads.join(', ')}` : 'Reads from no other folder'}.{' '}
              {readBy.length > 0 ? `Read by ${readBy.join(', ')}` : 'No other folder reads it'}.
            </div>
          </li>
        )
      })}
    </ul>
  )
}

type FolderLine = Readonly<{
  folder: string
  assets: readonly string[]
  reads: readonly string[]
  readBy: readonly string[]
}>

function foldersOf(graph: Graph): readonly FolderLine[] {
  const folders = new Map<string, string[]>()
  for (const asset of graph.keys()) {
    const folder = folderOf(asset)
    folders.set(folder, [...(folders.get(folder) ?? []), asset])
  }
  return [...folders]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([folder, assets]) => ({
      folder,
      assets,
      reads: otherFolders(graph, folder, assets, -1),
      readBy: otherFolders(graph, folder, assets, 1),
    }))
}

function otherFolders(
  graph: Graph,
  folder: string,
  assets: readonly string[],
  direction: -1 | 1,
): readonly string[] {
  const found = new Set(assets.flatMap((asset) => neighbours(graph, asset, direction).map(folderOf)))
  found.delete(folder)
  return [...found].sort((a, b) => a.localeCompare(b))
}
