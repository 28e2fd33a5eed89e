import { isWellFormed } from './fit-scalar.js'
import { show } from './traces.js'
import { Unfit } from './unfit.js'

/** JSON text of a value, with nothing left out on the way: JSON.stringify alone drops what it does not know. */
export function fitJson(value: unknown): string {
  try {
    return JSON.stringify(value, refuse) ?? fail(value)
  } catch (error) {
    throw error instanceof Unfit ? error : new Unfit(`this has no JSON: ${messageOf(error)}`)
  }
}

function refuse(this: unknown, key: string, value: unknown): unknown {
  if (!isWellFormed(key)) fail(key)
  switch (typeof value) {
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      return fail(value, key)
    case 'number':
      return Number.isFinite(value) ? value : fail(value, key)
    case 'string':
      return isWellFormed(value) ? value : fail(value, key)
    case 'object':
      return value instanceof Map || value instanceof Set ? fail(value, key) : value
    default:
      return value
  }
}

function fail(value: unknown, key = ''): never {
  throw new Unfit(`${key === '' ? 'this' : `its ${key}`} has no JSON: ${show(value)}`)
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0]
