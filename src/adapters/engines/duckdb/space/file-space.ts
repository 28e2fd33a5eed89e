import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../../../../sql/quote.js'
import { WAREHOUSE } from '../statements/names.js'

/** The warehouse file: its blocks, those of them in use, and the log beside it. */
export type FileSpace = Readonly<{ blockBytes: number; blocks: number; used: number; logBytes: number }>

export async function fileSpace(connection: DuckDBConnection): Promise<FileSpace> {
  const reader = await connection.runAndReadAll(
    'select block_size::DOUBLE, total_blocks::DOUBLE, used_blocks::DOUBLE, wal_size ' +
      `from pragma_database_size() where database_name = ${quoteText(WAREHOUSE)}`,
  )
  const [blockBytes, blocks, used, log] = reader.getRows()[0] ?? []
  return {
    blockBytes: Number(blockBytes ?? 0),
    blocks: Number(blocks ?? 0),
    used: Number(used ?? 0),
    logBytes: bytesOf(String(log ?? '0 bytes')),
  }
}

const UNITS: Readonly<Record<string, number>> = {
  byte: 1,
  bytes: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** DuckDB tells sizes for people: `266.0 KiB`. */
export function bytesOf(text: string): number {
  const match = /^([\d.]+) (\w+)$/.exec(text.trim())
  return match ? Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1)) : 0
}
