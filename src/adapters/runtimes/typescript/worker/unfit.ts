import { show } from './traces.js'

/** A value that does not fit its column; `path` leads to it inside a list or struct. */
export class Unfit extends Error {
  constructor(
    message: string,
    readonly path = '',
  ) {
    super(message)
  }
}

/** "a whole number is expected, and this is 1.5" */
export function wanted(what: string, value: unknown): string {
  if (value === undefined)
    return `${what} is expected, and there is nothing (undefined); yield null for no value`
  const kind = typeof value === 'string' ? 'the text ' : ''
  return `${what} is expected, and this is ${kind}${show(value)}`
}
