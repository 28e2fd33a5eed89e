import { serverError } from './errors.js'
import { faultOfJson } from './plain-json.js'

/**
 * A request's body as JSON, of at most `mostBytes`. What comes beyond is not read.
 * @throws BODY_TOO_LARGE, REQUEST_INVALID
 */
export async function readBody(request: Request, mostBytes: number): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes)
    throw serverError('BODY_TOO_LARGE', { mostBytes })
  const pieces: Uint8Array[] = []
  let size = 0
  if (request.body) {
    const reader = request.body.getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      // A request's body is bytes; the type of the platform leaves it open.
      const piece = next.value as Uint8Array
      size += piece.byteLength
      if (size > mostBytes) {
        reader.cancel().catch(() => undefined)
        throw serverError('BODY_TOO_LARGE', { mostBytes })
      }
      pieces.push(piece)
    }
  }
  return parseJson(Buffer.concat(pieces))
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {}
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    throw serverError('REQUEST_INVALID', { detail: 'the body is not JSON' })
  }
  const fault = faultOfJson(text)
  if (fault !== null) throw serverError('REQUEST_INVALID', { detail: fault })
  return value
}
