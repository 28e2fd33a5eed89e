import type { Asset } from '../../domain/asset.js'
import type { Column } from '../../domain/column.js'
import type { CompiledCheck } from './compiled-check.js'

export type CompileContext = Readonly<{
  asset: Pick<Asset, 'name' | 'key'>
  columns: readonly Column[]
  /** `after` holds the very rows of `this`: a whole table, or a view. */
  sameRows: boolean
  /** The key by which `this` replaces rows of `after`: no released row keeps one of its keys. */
  mergeKey: readonly string[]
  /** Epoch ms. */
  now: number
}>

/** Column names match as the engine matches them: the exact one, else one that differs in case alone. */
export function findColumn(name: string, columns: readonly Column[]): Column | undefined {
  const lower = name.toLowerCase()
  return (
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === lower)
  )
}

export function missingColumn(name: string, context: Pick<CompileContext, 'asset'>): CompiledCheck {
  return { form: 'unfit', problem: `${context.asset.name} has no column ${name}` }
}
