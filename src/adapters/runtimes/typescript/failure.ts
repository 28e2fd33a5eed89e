import { type MillraceError, unreachable } from '../../../base/errors.js'
import type { Exit } from '../../../base/subprocess.js'
import { runtimeError } from '../errors.js'
import type { Failure } from '../protocol.js'
import { InputRefused, type RuntimeRequest } from '../runtime.js'
import { fileOf } from './file-of.js'

/** What a worker says went wrong, as the step's error. An input that the host could not write is the host's own. */
export function failureError(
  failure: Failure,
  request: RuntimeRequest,
  inputErrors: ReadonlyMap<number, unknown>,
): unknown {
  const { asset } = request
  const at = { asset, file: fileOf(request), line: null }
  switch (failure.kind) {
    case 'threw':
    case 'not-loaded': {
      const place = { asset, file: failure.file ?? at.file, line: failure.line }
      const code = failure.kind === 'threw' ? 'RUNTIME_CODE_THREW' : 'RUNTIME_NOT_LOADED'
      return runtimeError(code, { ...place, detail: failure.detail })
    }
    case 'row':
      return runtimeError('RUNTIME_ROW_INVALID', { ...at, ...failure })
    case 'undeclared-input':
      return runtimeError('RUNTIME_INPUT_UNDECLARED', { asset, input: failure.input })
    case 'input-failed':
      return inputError(failure, { ...at, file: failure.file ?? at.file, line: failure.line }, inputErrors)
    case 'out-of-memory':
      return runtimeError('RUNTIME_OUT_OF_MEMORY', { asset, limitBytes: request.memoryLimitBytes })
    case 'stalled':
      return runtimeError('RUNTIME_STALLED', { asset })
    case 'aborted':
      return runtimeError('RUNTIME_CRASHED', { asset, detail: 'it was stopped' })
    default:
      return unreachable(failure)
  }
}

type At = Readonly<{ asset: string; file: string; line: number | null }>

function inputError(
  { call, detail }: Extract<Failure, { kind: 'input-failed' }>,
  at: At,
  errors: ReadonlyMap<number, unknown>,
): unknown {
  const error = errors.get(call)
  if (error instanceof InputRefused)
    return runtimeError('RUNTIME_INPUT_REFUSED', {
      ...at,
      input: error.input,
      detail: error.detail,
      advice: error.hint,
    })
  return error ?? runtimeError('RUNTIME_CODE_THREW', { ...at, detail })
}

type Epitaph = Readonly<{ stderr: readonly string[]; watch: string }>

/** How a process died that had not come to the end of its task. */
export function deathError(
  request: RuntimeRequest,
  exit: Exit,
  exitCode: number | null,
  epitaph: Epitaph,
): MillraceError {
  const { asset } = request
  if (isOutOfMemory(epitaph))
    return runtimeError('RUNTIME_OUT_OF_MEMORY', { asset, limitBytes: request.memoryLimitBytes })
  if (exitCode !== null) return runtimeError('RUNTIME_EXITED', { asset, code: exitCode })
  return runtimeError('RUNTIME_CRASHED', { asset, detail: howItDied(exit, epitaph) })
}

const isOutOfMemory = ({ stderr, watch }: Epitaph): boolean =>
  watch.startsWith('memory') || stderr.some((line) => /heap out of memory|Allocation failed/.test(line))

/** Lines of the traces Node prints when it aborts: addresses and places inside Millrace, which help no author. */
const isTrace = (line: string): boolean => /^\s*(\d+: |-{3,})/.test(line)

function howItDied({ code, signal, error }: Exit, { stderr }: Epitaph): string {
  const cause =
    error !== undefined
      ? `it could not be started (${error.message})`
      : signal !== null
        ? `killed by ${signal}`
        : `exit code ${code}`
  const last = stderr.findLast((line) => !isTrace(line))
  return last === undefined ? cause : `${cause}; its last line: ${last.slice(0, 500)}`
}
