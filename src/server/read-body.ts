import { serverError } from './errors.js'
import { faultOfJson } from './plain-json.js'

/** JSON is UTF-8; another charset would be read as what it is not. */
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*("utf-?8"|utf-?8)\s*)?;?\s*$/i

/** Also keeps forms of other sites out: they cannot send JSON. @throws CONTENT_TYPE_WRONG, CONTENT_ENCODING_WRONG */
function requireJson(headers: Headers): void {
  const type = headers.get('content-type') ?? ''
  if (!JSON_TYPE.test(type)) throw serverError('CONTENT_TYPE_WRONG', { type: type.slice(0, 100) })
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (encoding !== '' && encoding !== 'identity')
    throw serverError('CONTENT_ENCODING_WRONG', { encoding: encoding.slice(0, 100) })
}

/**
 * A request's body as JSON, of at most `mostBytes`. What comes beyond is not read.
 * @throws CONTENT_TYPE_WRONG, CONTENT_ENCODING_WRONG, BODY_TOO_LARGE, REQUEST_INVALID
 */
export async function readBody(request: Request, mostBytes: number): Promise<unknown> {
  requireJson(request.headers)
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
