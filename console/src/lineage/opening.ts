import { useMemo, useState } from 'react'

const FIRST_HOPS = 2

type Opened = Readonly<{ depth: number; assets: ReadonlySet<string>; folders: ReadonlySet<string> }>

/** How far a lineage is opened, and how to open more of it. */
export type Opening = Opened &
  Readonly<{
    isOpened: boolean
    openAsset: (asset: string) => void
    openFolder: (folder: string) => void
    openAll: () => void
    close: () => void
  }>

const CLOSED: Opened = { depth: FIRST_HOPS, assets: new Set(), folders: new Set() }

export function useOpening(): Opening {
  const [opened, setOpened] = useState(CLOSED)
  return useMemo(
    () => ({
      ...opened,
      isOpened: opened !== CLOSED,
      openAsset: (asset) => setOpened((now) => ({ ...now, assets: new Set(now.assets).add(asset) })),
      openFolder: (folder) => setOpened((now) => ({ ...now, folders: new Set(now.folders).add(folder) })),
      openAll: () => setOpened((now) => ({ ...now, depth: Number.POSITIVE_INFINITY })),
      close: () => setOpened(CLOSED),
    }),
    [opened],
  )
}
