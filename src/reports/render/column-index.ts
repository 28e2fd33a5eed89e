import type { QueryResult } from '../../adapters/engines/engine.js'

/** Place of a column in the rows, whatever its letter case; -1 if it is not there. */
export const columnIndex = ({ columns }: QueryResult, name: string): number =>
  columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
