import type { ServerState } from '../client/server-state.js'
import { type Endpoint, endpoint, jsonAnswer, jsonEndpoint } from '../endpoint.js'
import { SERVER_PATHS } from '../paths.js'
import { exactly, z } from '../schemas/exactly.js'
import { diagnostic, instant } from '../schemas/values.js'
import { proofOf } from '../security/token.js'

const proof = z.object({ proof: z.string() }).openapi('Proof')
const server = exactly<ServerState>()(
  z
    .object({
      pid: z.number(),
      startedAt: instant,
      root: z.string(),
      state: z.enum(['good', 'broken']),
      diagnostics: z.array(diagnostic),
    })
    .openapi('Server'),
)

/** Who answers here. */
export const serverEndpoints: readonly Endpoint[] = [
  endpoint({
    at: SERVER_PATHS.proof,
    name: 'proof',
    summary: 'Proves that this server knows the token, before a client sends it',
    query: { nonce: z.string().regex(/^[\w-]{16,128}$/, 'must be 16 to 128 letters, digits, - or _') },
    answers: { 200: [jsonAnswer(proof)] },
    open: true,
    handle: async ({ query }, _raw, { token }) => Response.json({ proof: proofOf(token, query.nonce) }),
  }),
  jsonEndpoint({
    at: SERVER_PATHS.server,
    name: 'server',
    summary: 'Which process serves which project, and whether it works on the files as they are',
    answer: server,
    call: async (_, _api, _signal, { state }) => state(),
  }),
  jsonEndpoint({
    at: SERVER_PATHS.refresh,
    name: 'refresh',
    summary: 'Reads edited files of the project at once, and tells as `server` does',
    answer: server,
    call: async (_, _api, _signal, { refresh, state }) => {
      await refresh()
      return state()
    },
  }),
]
