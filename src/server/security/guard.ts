import type { Logger } from '../../base/log.js'
import { serverError } from '../errors.js'
import { API_ROOT, SERVER_PATHS } from '../paths.js'
import { foreignLoader, foreignOrigin } from './cross-site.js'
import type { HostTest } from './hosts.js'
import { sameToken } from './token.js'
import type { WrongTokens } from './wrong-tokens.js'

export type Guard = Readonly<{
  token: string
  isOurHost: HostTest
  wrongTokens: WrongTokens
  log: Logger
}>

export type Asked = Readonly<{
  method: string
  path: string
  header: (name: string) => string | undefined
}>

/** JSON is UTF-8; another charset would be read as what it is not. */
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*("utf-?8"|utf-?8)\s*)?;?\s*$/i
const PROOF = API_ROOT + SERVER_PATHS.proof.path

/**
 * Lets a request pass or throws why not: first whom it means, then who sends it, then who asks.
 * @throws HOST_REFUSED, ORIGIN_REFUSED, TOKEN_MISSING, TOKEN_WRONG, TOO_MANY_TRIES, CONTENT_TYPE_WRONG, CONTENT_ENCODING_WRONG, METHOD_WRONG
 */
export function requireAllowed(asked: Asked, guard: Guard): void {
  const host = asked.header('host') ?? ''
  if (!guard.isOurHost(host)) throw serverError('HOST_REFUSED', { host: host.slice(0, 100) || '(none)' })
  const asking = {
    origin: asked.header('origin'),
    fetchSite: asked.header('sec-fetch-site'),
    fetchMode: asked.header('sec-fetch-mode'),
    host,
  }
  const isApi = asked.path === '/api' || asked.path.startsWith('/api/')
  const foreign = isApi ? foreignOrigin(asking) : foreignLoader(asking)
  if (foreign !== null) throw serverError('ORIGIN_REFUSED', { origin: foreign.slice(0, 100) })
  if (!isApi) return
  if (asked.path !== PROOF) requireToken(asked, guard)
  // The answer to HEAD is that to GET without its body: of a stream without end it would never be done.
  if (asked.method === 'HEAD') throw serverError('METHOD_WRONG', { method: 'HEAD', allowed: ['GET'] })
  // Also keeps forms of other sites out: they cannot send JSON.
  const type = asked.header('content-type') ?? ''
  if (asked.method === 'POST' && !JSON_TYPE.test(type))
    throw serverError('CONTENT_TYPE_WRONG', { type: type.slice(0, 100) })
  const encoding = asked.header('content-encoding')?.trim().toLowerCase() ?? ''
  if (asked.method === 'POST' && encoding !== '' && encoding !== 'identity')
    throw serverError('CONTENT_ENCODING_WRONG', { encoding: encoding.slice(0, 100) })
}

function requireToken({ header }: Asked, { token, wrongTokens, log }: Guard): void {
  const given = /^Bearer ([^\s]+)$/i.exec(header('authorization') ?? '')?.[1]
  if (given === undefined) throw serverError('TOKEN_MISSING', {})
  if (sameToken(given, token)) return
  const tooMany = wrongTokens.add()
  log.warn(tooMany ? 'too many wrong tokens' : 'a wrong token was sent')
  throw tooMany ? serverError('TOO_MANY_TRIES', {}) : serverError('TOKEN_WRONG', {})
}
