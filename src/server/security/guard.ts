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
  path: string
  /** The host of the address asked for: that of `Host`, unless the request names another (`GET http://…`). */
  host: string
  header: (name: string) => string | undefined
}>

const PROOF = API_ROOT + SERVER_PATHS.proof.path

/**
 * Lets a request pass or throws why not: first whom it means, then who sends it, then who asks.
 * @throws HOST_REFUSED, ORIGIN_REFUSED, TOKEN_MISSING, TOKEN_WRONG, TOO_MANY_TRIES
 */
export function requireAllowed(asked: Asked, guard: Guard): void {
  const host = asked.header('host') ?? ''
  const notOurs = [host, asked.host].find((name) => !guard.isOurHost(name))
  if (notOurs !== undefined) throw serverError('HOST_REFUSED', { host: notOurs.slice(0, 100) || '(none)' })
  const asking = {
    origin: asked.header('origin'),
    fetchSite: asked.header('sec-fetch-site'),
    fetchMode: asked.header('sec-fetch-mode'),
    host,
  }
  const isApi = asked.path === '/api' || asked.path.startsWith('/api/')
  const foreign = isApi ? foreignOrigin(asking) : foreignLoader(asking)
  if (foreign !== null) throw serverError('ORIGIN_REFUSED', { origin: foreign.slice(0, 100) })
  if (isApi && asked.path !== PROOF) requireToken(asked, guard)
}

function requireToken({ header }: Asked, { token, wrongTokens, log }: Guard): void {
  const given = /^Bearer ([^\s]+)$/i.exec(header('authorization') ?? '')?.[1]
  if (given === undefined) throw serverError('TOKEN_MISSING', {})
  if (sameToken(given, token)) return
  const tooMany = wrongTokens.add()
  log.warn(tooMany ? 'too many wrong tokens' : 'a wrong token was sent')
  throw tooMany ? serverError('TOO_MANY_TRIES', {}) : serverError('TOKEN_WRONG', {})
}
