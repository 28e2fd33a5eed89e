import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Cluster } from '../../../../src/adapters/state/embedded/cluster.js'
import { attach, socketFile } from '../../../../src/adapters/state/embedded/presence.js'
import { fatal, hello, startScriptedPostgres } from '../../../support/scripted-postgres.js'

let cluster: Cluster
beforeEach(() => {
  const socket = mkdtempSync(join(tmpdir(), 'presence-'))
  cluster = { id: '', home: socket, place: socket, data: socket, socket, log: '', account: null }
})
afterEach(() => rmSync(cluster.socket, { recursive: true, force: true }))

async function attachTo(answer: Buffer) {
  const server = await startScriptedPostgres({ path: socketFile(cluster) }, answer)
  try {
    return await attach(cluster)
  } finally {
    server.stop()
  }
}

const ENDING = fatal('57P01', 'terminating connection due to administrator command')

describe('a server that cannot be joined', () => {
  test('is absent where nothing listens', async () => {
    expect(await attach(cluster)).toBe('absent')
  })

  test.each([
    ['refuses while it starts or ends', fatal('57P03', 'the database system is shutting down')],
    ['cuts the connection at the door', ENDING],
    ['cuts it just inside, before the first statement', Buffer.concat([hello, ENDING])],
    ['dies just inside, without a word', hello],
    ['hangs up at once', Buffer.alloc(0)],
  ])('is busy when it %s', async (_moment, answer) => {
    expect(await attachTo(answer)).toBe('busy')
  })

  test('is crowded when all of its connections are taken', async () => {
    expect(await attachTo(fatal('53300', 'sorry, too many clients already'))).toBe('crowded')
  })

  test('is an error when it says anything else', async () => {
    await expect(attachTo(fatal('28000', 'role "postgres" does not exist'))).rejects.toMatchObject({
      code: 'STATE_EMBEDDED_FAILED',
      message: expect.stringContaining('role "postgres" does not exist'),
    })
  })
})
