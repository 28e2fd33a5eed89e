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

/** An input that the host could not give. `asked` has the author's line in its stack. */
export class InputFault extends Fault {
  constructor(
    call: number,
    detail: string,
    readonly asked: Error,
  ) {
    super({ kind: 'input-failed', call, detail, file: null, line: null }, detail)
  }
}

export class RowFault extends Fault {
  /** `row` counts from 1. An empty `column` means the row as a whole. */
  constructor(row: number, column: string, detail: string) {
    super({ kind: 'row', row, column, detail }, `row ${row}, ${column}: ${detail}`)
  }
}
