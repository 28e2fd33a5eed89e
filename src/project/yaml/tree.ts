import type { Location } from '../../domain/diagnostic.js'

export type YamlScalar = Readonly<{
  kind: 'scalar'
  value: string | number | boolean | null
  /** As written, quotes included. */
  text: string
  /** Written without quotes. */
  plain: boolean
  /** What a text from the environment means where a number or a boolean is wanted. */
  meant?: string | number | boolean
  at: Location
}>
export type YamlList = Readonly<{ kind: 'list'; items: readonly YamlNode[]; at: Location }>
export type YamlEntry = Readonly<{ key: string; keyAt: Location; value: YamlNode }>
export type YamlMap = Readonly<{ kind: 'map'; entries: readonly YamlEntry[]; at: Location }>

/** YAML with the place of every value. */
export type YamlNode = YamlScalar | YamlList | YamlMap
