import type { Failure } from '../../protocol.js'

/** A failure the worker already has words for; it passes through the author's code as an ordinary error. */
export class Fault extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
  ) {
    super(message)
  }
}

export class RowFault extends Fault {
  /** `row` counts from 1. An empty `column` means the row as a whole. */
  constructor(row: number, column: string, detail: string) {
    super({ kind: 'row', row, column, detail }, `row ${row}, ${column}: ${detail}`)
  }
}
