import { realpathSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from '../../protocol.js'

const MAX_DETAIL_CHARS = 2_000
const MAX_CAUSES = 5
const MAX_PARTS = 3

/** Finds the author's own lines in stack traces. Node has already mapped them back to the TypeScript. */
export class Traces {
  private readonly roots: readonly string[]

  constructor(
    projectRoot: string,
    private readonly bundle: string,
  ) {
    this.roots = [...new Set([projectRoot, realpathSync(projectRoot)])]
  }

  /** The innermost of the author's lines that led to `error`. */
  place(error: unknown): Place {
    return this.frames(error)[0] ?? { file: null, line: null }
  }

  /** The author's lines, innermost first, as `assets/a/b.ts:12`. */
  lines(error: unknown): string[] {
    return this.frames(error).map(({ file, line }) => `${file}:${line}`)
  }

  private frames(error: unknown): Place[] {
    const own = this.framesOf(error)
    // Promise.any throws an AggregateError without a place of its own.
    return own.length > 0 ? own : partsOf(error).flatMap((part) => this.framesOf(part))
  }

  private framesOf(error: unknown): Place[] {
    const stack = error instanceof Error ? stackOf(error) : ''
    return stack.split('\n').flatMap((text) => {
      const found = /^\s*at (?:.*\()?((?:file:\/\/)?[^()]+?):(\d+)(?::\d+)?\)?$/.exec(text)
      const path = found?.[1]?.startsWith('file://') ? fileURLToPath(found[1]) : found?.[1]
      const file = path === undefined ? null : this.ownFile(path)
      return file === null ? [] : [{ file, line: Number(found?.[2]) }]
    })
  }

  private ownFile(path: string): string | null {
    if (path === this.bundle || path.includes(`${sep}node_modules${sep}`)) return null
    const root = this.roots.find((folder) => path.startsWith(folder + sep))
    return root === undefined ? null : relative(root, path).split(sep).join('/')
  }
}

/** An author's error may have any `stack`, even one that throws. */
function stackOf(error: Error): string {
  try {
    return String(error.stack)
  } catch {
    return ''
  }
}

/** What was thrown, as one text with its causes. */
export function describe(error: unknown): string {
  const parts = [describeOne(error)]
  for (let at = causeOf(error); at !== undefined && parts.length < MAX_CAUSES; at = causeOf(at))
    parts.push(describeOne(at))
  return parts.join('; caused by ').slice(0, MAX_DETAIL_CHARS)
}

function describeOne(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `${show(error)}, which is not an Error`
    const text =
      error.name === 'Error'
        ? error.message || 'an Error without a message'
        : `${error.name}: ${error.message}`
    const parts = partsOf(error)
    if (parts.length === 0) return text
    const shown = parts.slice(0, MAX_PARTS).map((part) => describe(part))
    const rest = parts.length - shown.length
    return `${text} (${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''})`
  } catch {
    return 'something that cannot be shown'
  }
}

const partsOf = (error: unknown): readonly unknown[] =>
  error instanceof AggregateError && Array.isArray(error.errors) ? error.errors : []

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined)

const MAX_SHOWN_CHARS = 80

/** A value in an error message: short, on one line, of any kind. */
export function show(value: unknown): string {
  const text = showWhole(value).replaceAll(/\s+/g, ' ')
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text
}

function showWhole(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString()
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `the function ${value.name || '(no name)'}`
  if (typeof value === 'number' || typeof value === 'symbol') return String(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
