/** Names of a project's assets, found whatever their letter case. */
export type AssetNames = Readonly<{ all: readonly string[]; find: (name: string) => string | undefined }>

export function assetNames(names: readonly string[]): AssetNames {
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]))
  return { all: names, find: (name) => byLowerCase.get(name.toLowerCase()) }
}
