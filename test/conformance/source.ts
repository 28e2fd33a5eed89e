import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/engines/duckdb/open-duckdb.js'
import type { Engine, Workspace } from '../../src/adapters/engines/engine.js'
import type { Extract, Source } from '../../src/adapters/sources/source.js'
import { MillraceError } from '../../src/base/errors.js'
import type { Json } from '../../src/base/json.js'
import { silentLog } from '../../src/base/log.js'

/** An outside that a test can change: rows of `id BIGINT, v VARCHAR`, where `id` is the key. */
export interface Upstream {
  open(): Source
  /** A source like the others, whose table or files are not there. */
  openMissing(): Source
  add(rows: readonly { id: number; v: string | null }[]): Promise<void>
  /** Renames `v` to `w`. */
  changeSchema(): Promise<void>
  close(): Promise<void>
}

/** What every source must do, told in the port's own words. `skip` names claims a source cannot keep, with the reason. */
export function sourceConformance(
  name: string,
  openUpstream: () => Promise<Upstream>,
  { skip = {} }: { skip?: Readonly<Record<string, string>> } = {},
): void {
  describe(`source ${name}`, () => {
    let folder: string
    let engine: Engine
    let workspace: Workspace
    let upstream: Upstream
    let loads = 0

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'source-'))
      engine = await openDuckDb({
        path: join(folder, 'warehouse.duckdb'),
        memoryLimit: '512MB',
        tempFolder: join(folder, 'tmp'),
        timezone: 'UTC',
        log: silentLog,
      })
      workspace = await engine.openWorkspace(1)
      upstream = await openUpstream()
    })

    afterEach(async () => {
      await upstream.close()
      await workspace.close()
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    })

    const claim = (title: string, test: () => Promise<void>) =>
      skip[title] === undefined ? it(title, test) : it.skip(`${title} (${skip[title]})`, test)

    const never = () => new AbortController().signal

    /** Loads once and gives back the ids that came, sorted; null where nothing was new. */
    async function load(position: Json): Promise<{ ids: number[] | null; position: Json }> {
      const source = upstream.open()
      try {
        const extract = await source.extract({ position, folder }, never())
        const ids = await consume(extract)
        await extract.settle(true)
        return { ids, position: ids === null ? position : JSON.parse(JSON.stringify(extract.position())) }
      } finally {
        await source.close()
      }
    }

    async function consume({ payload, columns }: Extract): Promise<number[] | null> {
      if (!payload) return null
      const relation = `raw__things__${++loads}`
      const request = { asset: 'raw.things', relation, payload, ...(columns && { columns }) }
      const candidate = await workspace.ingest(request, {}, never())
      if (payload.sent() !== null) expect(candidate.rows).toBe(payload.sent())
      expect(candidate.columns.map(({ name }) => name)).toEqual(expect.arrayContaining(['id', 'v']))
      const names = { this: { kind: 'relation', relation, columns: candidate.columns } } as const
      const { rows } = await workspace.scan(
        { names, sql: 'select id from this order by id', parameters: {} },
        never(),
      )
      return rows.map(([id]) => Number(id))
    }

    claim('reads every row the first time', async () => {
      await upstream.add([
        { id: 1, v: 'one' },
        { id: 2, v: null },
      ])
      expect((await load(null)).ids).toEqual([1, 2])
    })

    claim('says its columns before or while it reads, and the same ones each time', async () => {
      await upstream.add([{ id: 1, v: 'one' }])
      const source = upstream.open()
      const described = await source.describe(never())
      const extract = await source.extract({ position: null, folder }, never())
      const again = await source.extract({ position: null, folder }, never()).catch(() => null)
      if (described) expect(extract.columns).toEqual(described)
      if (again?.columns) expect(again.columns).toEqual(extract.columns)
      await extract.settle(false)
      await source.close()
    })

    claim('has nothing new when nothing was added', async () => {
      await upstream.add([{ id: 1, v: 'one' }])
      const first = await load(null)
      expect((await load(first.position)).ids).toBeNull()
    })

    claim('reads what was added since, and from the beginning without a position', async () => {
      await upstream.add([
        { id: 1, v: 'one' },
        { id: 2, v: 'two' },
      ])
      const first = await load(null)
      await upstream.add([{ id: 3, v: 'three' }])
      const second = await load(first.position)
      expect(second.ids).toContain(3)
      expect(second.ids).not.toContain(1)
      expect((await load(null)).ids).toEqual([1, 2, 3])
      expect((await load(second.position)).ids).toBeNull()
    })

    claim('reads the same again after a load that was given up', async () => {
      await upstream.add([
        { id: 1, v: 'one' },
        { id: 2, v: 'two' },
      ])
      const source = upstream.open()
      const extract = await source.extract({ position: null, folder }, never())
      await extract.settle(false)
      await source.close()
      expect((await load(null)).ids).toEqual([1, 2])
    })

    claim('stops with a diagnostic when the columns changed upstream', async () => {
      await upstream.add([{ id: 1, v: 'one' }])
      const { position } = await load(null)
      await upstream.changeSchema()
      const source = upstream.open()
      await expect(source.extract({ position, folder }, never())).rejects.toMatchObject({
        code: 'SOURCE_SCHEMA_CHANGED',
        transient: false,
        message: expect.stringMatching(/\bv\b.*\bw\b|\bw\b.*\bv\b/s),
      })
      await source.close()
    })

    claim('says what is missing with a code, a hint and no stack of a driver', async () => {
      const source = upstream.openMissing()
      const error = await source.extract({ position: null, folder }, never()).catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(MillraceError)
      expect(error).toMatchObject({
        code: expect.stringMatching(/^SOURCE_/),
        hint: expect.stringMatching(/\w/),
        transient: false,
      })
      await source.close()
    })

    claim('rejects with the reason of an abort', async () => {
      await upstream.add([{ id: 1, v: 'one' }])
      const source = upstream.open()
      const reason = new Error('stopped by the test')
      await expect(source.extract({ position: null, folder }, AbortSignal.abort(reason))).rejects.toBe(reason)
      await source.close()
    })

    claim('can be closed unopened and twice', async () => {
      const source = upstream.open()
      await source.close()
      await source.close()
    })
  })
}
