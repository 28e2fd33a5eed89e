import type { DuckDBConnection } from '@duckdb/node-api'
import { messageOf } from '../../../../base/errors.js'
import type { Logger } from '../../../../base/log.js'
import { WAREHOUSE } from '../statements/names.js'
import { fileSpace } from './file-space.js'

/** Below this a checkpoint costs more than the space it gives back. */
const LEAST_GROWTH_BYTES = 512 * 1024
/** How much of its size a warehouse may grow before space is given back. */
const GROWTH = 0.2

/** Deleted rows whose space is worth a checkpoint of its own. */
const MANY_ROWS = 100_000

/**
 * Space of dropped and deleted rows is used again only after a checkpoint. One after every release would rewrite
 * the file's catalog for nothing, so it waits until the file has grown by a part of its size.
 */
export class Checkpoints {
  private base: number

  private constructor(
    bytes: number,
    private readonly log: Logger,
  ) {
    this.base = bytes
  }

  static async start(connection: DuckDBConnection, log: Logger): Promise<Checkpoints> {
    return new Checkpoints(await sizeOf(connection), log)
  }

  async afterRelease(connection: DuckDBConnection): Promise<void> {
    const used = await sizeOf(connection)
    // DuckDB checkpoints by itself too, when its log is long.
    this.base = Math.min(this.base, used)
    if (used - this.base < Math.max(LEAST_GROWTH_BYTES, this.base * GROWTH)) return
    await this.run(connection)
  }

  /** Deleted rows keep their space, which no growth shows. */
  async afterDelete(connection: DuckDBConnection, rows: number): Promise<void> {
    if (rows >= MANY_ROWS) await this.run(connection)
  }

  /** A reader with an open snapshot puts a checkpoint off, not the release: the next one tries again. */
  async run(connection: DuckDBConnection): Promise<void> {
    try {
      await connection.run(`checkpoint ${WAREHOUSE}`)
      this.base = await sizeOf(connection)
    } catch (error) {
      this.log.debug({ reason: messageOf(error) }, 'checkpoint put off')
    }
  }
}

async function sizeOf(connection: DuckDBConnection): Promise<number> {
  const { blockBytes, used, logBytes } = await fileSpace(connection)
  return used * blockBytes + logBytes
}
