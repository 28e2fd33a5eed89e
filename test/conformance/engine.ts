import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  Candidate,
  Engine,
  ReleaseChange,
  ReleaseRequest,
  RowChange,
  Workspace,
} from '../../src/adapters/engines/engine.js'
import { physicalName } from '../../src/adapters/engines/physical-name.js'
import { MillraceError } from '../../src/base/errors.js'
import type { Column } from '../../src/domain/column.js'
import type { Interval } from '../../src/domain/interval.js'
import { batches, batchOf, columns, type Row, rowsOf } from './rows.js'

/** Opens an engine on a fresh warehouse; the second call within a test opens the same one again. */
export type OpenEngine = (folder: string) => Promise<Engine>

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(`${text}Z`)
const hours = (from: string, count = 1): Interval => ({ start: at(from), end: at(from) + count * HOUR })
const never = () => new AbortController().signal

/**
 * What every engine must do, told in the port's own words. `skip` names claims an engine cannot keep, with the
 * reason; they are reported as skipped.
 */
export function engineConformance(
  name: string,
  open: OpenEngine,
  { skip = {} }: { skip?: Readonly<Record<string, string>> } = {},
): void {
  describe(`engine ${name}`, () => {
    let folder: string
    let engine: Engine
    let workspace: Workspace
    let run = 1
    let release = 0

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'engine-'))
      engine = await open(folder)
      run = 1
      release = 0
      workspace = await engine.openWorkspace(run)
    })

    afterEach(async () => {
      await workspace.close()
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    })

    const claim = (title: string, test: () => Promise<void>) =>
      skip[title] === undefined ? it(title, test) : it.skip(`${title} (${skip[title]})`, test)

    /** Starts the next run with fresh names. */
    const nextRun = async () => {
      await workspace.close()
      run++
      workspace = await engine.openWorkspace(run)
    }

    const build = (asset: string, sql: string, ranges?: readonly Interval[]): Promise<Candidate> =>
      workspace.build(
        { asset, relation: physicalName(asset, run), sql, parameters: {}, ...(ranges && { ranges }) },
        {},
        never(),
      )

    const ingest = (asset: string, layout: readonly Column[], rows: readonly Row[]): Promise<Candidate> =>
      workspace.ingest(
        {
          asset,
          relation: physicalName(asset, run),
          columns: layout,
          payload: { kind: 'columns', batches: batches(batchOf(layout, rows)), sent: () => rows.length },
        },
        {},
        never(),
      )

    const releaseAll = (changes: readonly ReleaseChange[], extra: Partial<ReleaseRequest> = {}) =>
      engine.release(
        { release: ++release, run, environment: 'prod', at: 1000 + release, changes, retire: [], ...extra },
        never(),
      )

    const changeOf = (
      asset: string,
      candidate: Candidate,
      change: RowChange,
      extra: Partial<ReleaseChange> = {},
    ): ReleaseChange => ({
      asset,
      columns: candidate.columns,
      change,
      deliveries: [],
      quarantined: false,
      ...extra,
    })

    const replace = (candidate: Candidate, live: string | null = null): RowChange => ({
      kind: 'replace',
      candidate: candidate.relation,
      live,
    })

    /** Builds and releases an asset whole; returns its relation. */
    const publish = async (asset: string, sql: string, extra: Partial<ReleaseChange> = {}) => {
      const candidate = await build(asset, sql)
      await releaseAll([changeOf(asset, candidate, replace(candidate), extra)])
      await nextRun()
      return candidate
    }

    const read = async (sql: string) =>
      (await engine.query({ sql, parameters: {}, maxRows: 1000 }, never())).rows

    const failure = async (work: Promise<unknown>): Promise<MillraceError> => {
      const error: unknown = await work.then(
        () => null,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(MillraceError)
      // Just checked.
      return error as MillraceError
    }

    const TIMED = columns({ id: 'INTEGER', seen: 'TIMESTAMP WITH TIME ZONE', v: 'INTEGER' })
    const timed = (rows: string) =>
      `select id::INTEGER as id, seen::TIMESTAMP WITH TIME ZONE as seen, v::INTEGER as v from (values ${rows}) as t(id, seen, v)`

    describe('builds', () => {
      claim('a candidate from a statement, invisible to readers', async () => {
        const candidate = await build(
          'staging.a',
          "select 1::BIGINT as id, 'x'::VARCHAR as name, 1.5::DECIMAL(10,2) as price",
        )
        expect(candidate).toMatchObject({
          relation: 'staging__a__1',
          rows: 1,
          columns: columns({ id: 'BIGINT', name: 'VARCHAR', price: 'DECIMAL(10,2)' }),
        })
        expect(candidate.bytes).toBeGreaterThan(0)
        await failure(read('select * from staging.a'))
      })

      claim('from the names of the run, released or not', async () => {
        const a = await build('staging.a', 'select 1 as id union all select 2')
        await workspace.define('staging.a', { kind: 'relation', relation: a.relation, columns: a.columns })
        await workspace.define('staging.v', {
          kind: 'statement',
          sql: 'select id * $factor as id from staging.a',
          parameters: { factor: 10 },
        })
        const b = await build('marts.b', 'select sum(id)::BIGINT as total from "staging"."v"')
        await releaseAll([changeOf('marts.b', b, replace(b))])
        expect(await read('select total from marts.b')).toEqual([[30]])
      })

      claim('with a name defined anew, and what stands on it', async () => {
        const first = await build('staging.a', 'select 1 as id')
        await workspace.define('staging.a', {
          kind: 'relation',
          relation: first.relation,
          columns: first.columns,
        })
        await workspace.define('staging.v', {
          kind: 'statement',
          sql: 'select * from staging.a',
          parameters: {},
        })
        await build('marts.b', 'select * from staging.v')
        const second = await build('staging.c', "select 2 as id, 'new'::VARCHAR as extra")
        await workspace.define('staging.a', {
          kind: 'relation',
          relation: second.relation,
          columns: second.columns,
        })
        expect((await build('marts.d', 'select * from staging.v')).columns).toEqual(second.columns)
      })

      claim('once per range, all in one candidate', async () => {
        const a = await build(
          'staging.a',
          timed(
            "(1, '2024-01-01 00:30:00+00', 1), (2, '2024-01-01 01:30:00+00', 1), (3, '2024-01-01 05:00:00+00', 1)",
          ),
        )
        await workspace.define('staging.a', { kind: 'relation', relation: a.relation, columns: a.columns })
        const sql = 'select * from staging.a where seen >= $start and seen < $end'
        const built = await build('marts.b', sql, [hours('2024-01-01T00:00'), hours('2024-01-01T05:00')])
        expect(built.rows).toBe(2)
      })

      claim('nothing when one of its ranges fails', async () => {
        const sql =
          "select case when $start < '2024-01-02'::TIMESTAMP WITH TIME ZONE then 1 else error('broken')::INTEGER end as x"
        const error = await failure(
          build('marts.b', sql, [hours('2024-01-01T00:00'), hours('2024-01-03T00:00')]),
        )
        expect(error).toMatchObject({ code: 'ENGINE_STATEMENT_FAILED', transient: false })
        await workspace.define('marts.b', {
          kind: 'relation',
          relation: physicalName('marts.b', run),
          columns: columns({ x: 'INTEGER' }),
        })
        await failure(build('marts.c', 'select * from marts.b'))
      })

      claim('again under the same name, as a second try does', async () => {
        await build('staging.a', 'select 1 as id')
        expect((await build('staging.a', 'select 2 as id union all select 3')).rows).toBe(2)
      })

      claim('statements with comments, semicolons and parameters in odd places', async () => {
        const sql = `/* @asset\n$not = 1 */\nselect '$text' as a, $word as b, $list as c, $none as d, $yes as e -- $tail\n;\n-- end;`
        const built = await workspace.build(
          {
            asset: 'staging.a',
            relation: physicalName('staging.a', run),
            sql,
            parameters: { word: "it's\na \\ 'quote'", list: [1, 2], none: null, yes: true, unused: 1 },
          },
          {},
          never(),
        )
        await releaseAll([changeOf('staging.a', built, replace(built))])
        expect(await read('select * from staging.a')).toEqual([
          ['$text', "it's\na \\ 'quote'", [1, 2], null, true],
        ])
      })

      claim('and says where a statement went wrong, in the author’s lines', async () => {
        const attempt = (sql: string) =>
          failure(
            workspace.build(
              {
                asset: 'staging.a',
                relation: physicalName('staging.a', run),
                sql,
                parameters: { long: 'long enough to move what follows' },
              },
              {},
              never(),
            ),
          )
        const error = await attempt(
          '/* @asset é\n*/\nselect $long as x,\n  $long || nope as y\nfrom (select 1 as nape)',
        )
        expect(error.code).toBe('ENGINE_STATEMENT_FAILED')
        expect(error.message).toContain('staging.a')
        expect(error.message).toMatch(/nope.*line 4, column 12/)
        expect(error.message).not.toMatch(/millrace_/)
        expect((await attempt('select 1 as x, $short as y')).message).toContain('$short has no value')
        expect(error.cause).toBeDefined()
      })

      claim('until the signal is aborted, and works on afterwards', async () => {
        const stop = new AbortController()
        const reason = new Error('enough')
        const started = performance.now()
        const building = workspace.build(
          {
            asset: 'staging.a',
            relation: physicalName('staging.a', run),
            sql: 'select count(*) as n from range(100000000) a, range(100000) b where (a.range * b.range) % 7 = 3',
            parameters: {},
          },
          {
            onProgress: () => undefined,
          },
          stop.signal,
        )
        setTimeout(() => stop.abort(reason), 100)
        await expect(building).rejects.toBe(reason)
        expect(performance.now() - started).toBeLessThan(1000)
        expect((await build('staging.a', 'select 1 as id')).rows).toBe(1)
      })

      claim('many names without paying for the unused', async () => {
        const a = await build('staging.a', 'select 1 as id')
        const started = performance.now()
        for (let index = 0; index < 1000; index++)
          await workspace.define(`staging.t${index}`, {
            kind: 'relation',
            relation: a.relation,
            columns: a.columns,
          })
        await build('marts.b', 'select * from staging.t7 join staging.t999 using (id)')
        expect(performance.now() - started).toBeLessThan(500)
      })
    })

    describe('ingests', () => {
      const LAYOUT = columns({
        id: 'BIGINT',
        name: 'VARCHAR',
        price: 'DECIMAL(10,2)',
        seen: 'TIMESTAMP WITH TIME ZONE',
        tags: 'INTEGER[]',
        extra: 'JSON',
      })

      claim('columns, text cast to each column’s type', async () => {
        const rows = [
          {
            id: 1,
            name: 'a',
            price: '1.50',
            seen: '2024-01-01 00:00:00+00',
            tags: '[1, 2]',
            extra: '{"a": 1}',
          },
          { id: null, name: null, price: null, seen: null, tags: null, extra: null },
        ]
        const layout = LAYOUT
        const text = layout.map((column) => ({
          ...column,
          type: column.name === 'id' ? 'BIGINT' : 'VARCHAR',
        }))
        const candidate = await workspace.ingest(
          {
            asset: 'raw.a',
            relation: physicalName('raw.a', run),
            columns: layout,
            payload: { kind: 'columns', batches: batches(batchOf(text, rows)), sent: () => 2 },
          },
          {},
          never(),
        )
        expect(candidate.columns).toEqual(layout)
        await releaseAll([changeOf('raw.a', candidate, replace(candidate))])
        expect(await read('select * from raw.a order by id nulls last')).toEqual([
          [1, 'a', '1.50', '2024-01-01T00:00:00Z', [1, 2], '{"a": 1}'],
          [null, null, null, null, null, null],
        ])
      })

      claim('and refuses when rows are lost on the way', async () => {
        const layout = columns({ id: 'INTEGER' })
        const error = await failure(
          workspace.ingest(
            {
              asset: 'raw.a',
              relation: physicalName('raw.a', run),
              columns: layout,
              payload: { kind: 'columns', batches: batches(batchOf(layout, [{ id: 1 }])), sent: () => 2 },
            },
            {},
            never(),
          ),
        )
        expect(error).toMatchObject({ code: 'ENGINE_ROWS_LOST', transient: true })
      })

      claim('and refuses values that do not fit', async () => {
        const layout = columns({ id: 'INTEGER' })
        const text = columns({ id: 'VARCHAR' })
        const error = await failure(
          workspace.ingest(
            {
              asset: 'raw.a',
              relation: physicalName('raw.a', run),
              columns: layout,
              payload: { kind: 'columns', batches: batches(batchOf(text, [{ id: 'x' }])), sent: () => 1 },
            },
            {},
            never(),
          ),
        )
        expect(error.code).toBe('ENGINE_INPUT_UNREADABLE')
        expect(error.message).toContain("'x'")
      })

      const files = (
        format: 'csv' | 'ndjson' | 'parquet',
        paths: readonly string[],
        layout?: readonly Column[],
        fileColumn?: string,
      ) =>
        workspace.ingest(
          {
            asset: 'raw.a',
            relation: physicalName('raw.a', run),
            ...(layout && { columns: layout }),
            payload: {
              kind: 'files',
              format,
              paths,
              options: {},
              ...(fileColumn && { fileColumn }),
              sent: () => null,
            },
          },
          {},
          never(),
        )

      claim('files, with the file each row came from', async () => {
        const csv = join(folder, "it's a.csv")
        const ndjson = join(folder, 'a.ndjson')
        await writeFile(csv, 'id,name\n1,a\n2,\n')
        await writeFile(ndjson, '{"id": 3, "name": "c"}\n')
        const one = await files('csv', [csv], columns({ name: 'VARCHAR', id: 'BIGINT' }), 'source_file')
        expect(one.columns).toEqual(columns({ name: 'VARCHAR', id: 'BIGINT', source_file: 'VARCHAR' }))
        expect(one.rows).toBe(2)
        const two = await files('ndjson', [ndjson])
        expect(two.columns).toEqual(columns({ id: 'BIGINT', name: 'VARCHAR' }))
      })

      claim('and names the file and line that cannot be read', async () => {
        const csv = join(folder, 'bad.csv')
        await writeFile(csv, 'id,name\n1,a\nx,b\n')
        const error = await failure(files('csv', [csv], columns({ id: 'INTEGER', name: 'VARCHAR' })))
        expect(error.code).toBe('ENGINE_INPUT_UNREADABLE')
        expect(error.message).toContain('bad.csv')
        expect(error.message).toContain('Line: 3')
      })

      claim('no files as no rows', async () => {
        const candidate = await files('csv', [], columns({ id: 'INTEGER' }), 'file')
        expect(candidate).toMatchObject({ rows: 0, columns: columns({ id: 'INTEGER', file: 'VARCHAR' }) })
      })
    })

    describe('releases', () => {
      claim('candidates together, with a numbered entry in the ledger', async () => {
        const a = await build('staging.a', 'select 1 as id')
        const b = await build('marts.b', 'select 2 as id union all select 3')
        const outcome = await releaseAll([
          changeOf('staging.a', a, replace(a)),
          changeOf('marts.b', b, replace(b)),
        ])
        expect(outcome.relations).toEqual([
          { asset: 'staging.a', relation: a.relation, rows: 1 },
          { asset: 'marts.b', relation: b.relation, rows: 2 },
        ])
        expect(await engine.ledger()).toEqual([
          { release: 1, run: 1, environment: 'prod', at: 1001, relations: outcome.relations },
        ])
        expect(await read('select count(*) from marts.b')).toEqual([[2]])
      })

      claim('all or nothing', async () => {
        const old = await publish('staging.a', 'select 1 as id')
        const fresh = await build('staging.a', 'select 2 as id')
        const missing: Candidate = { ...fresh, relation: 'marts__b__99' }
        await failure(
          releaseAll([
            changeOf('staging.a', fresh, replace(fresh, old.relation)),
            changeOf('marts.b', missing, replace(missing)),
          ]),
        )
        expect(await read('select id from staging.a')).toEqual([[1]])
        expect(await engine.ledger()).toHaveLength(1)
      })

      claim('and keeps what was released when it opens again', async () => {
        await publish('staging.a', 'select 1 as id')
        await workspace.close()
        await engine.close()
        engine = await open(folder)
        workspace = await engine.openWorkspace(++run)
        expect(await read('select id from staging.a')).toEqual([[1]])
        expect(await engine.ledger()).toHaveLength(1)
      })

      claim('a view as its statement, on released rows', async () => {
        await publish('staging.a', 'select 1 as id')
        const view = {
          asset: 'marts.v',
          columns: columns({ id: 'INTEGER', word: 'VARCHAR' }),
          change: {
            kind: 'view' as const,
            sql: 'select id, $word as word from staging.a;',
            parameters: { word: 'x' },
          },
          deliveries: [],
          quarantined: false,
        }
        const outcome = await releaseAll([view])
        expect(outcome.relations).toEqual([{ asset: 'marts.v', relation: 'marts.v', rows: null }])
        expect(await read('select * from marts.v')).toEqual([[1, 'x']])
      })

      claim('and retires what left the project', async () => {
        await publish('staging.a', 'select 1 as id')
        await releaseAll([], { retire: ['staging.a'] })
        await failure(read('select * from staging.a'))
      })

      const live = async (rows: string) => (await publish('staging.t', `${timed(rows)} order by id`)).relation
      const table = async () => await read('select id, v from staging.t order by id, v')

      const apply = async (
        rows: string,
        change: (candidate: Candidate) => RowChange,
        extra: Partial<ReleaseChange> = {},
      ) => {
        const candidate = await build('staging.t', timed(rows))
        const asChange = change(candidate)
        await workspace.define('staging.t', { kind: 'changed', change: asChange, columns: candidate.columns })
        const before = await workspace.scan(
          { names: {}, sql: 'select id, v from staging.t order by id, v', parameters: {} },
          never(),
        )
        const touched = await workspace.touchedRanges({ candidate, timeColumn: 'seen', change: asChange })
        await releaseAll([changeOf('staging.t', candidate, asChange, extra)])
        await nextRun()
        expect(before.rows).toEqual(await table())
        return touched
      }

      claim('ranges: rows inside give way, late ones and all', async () => {
        const relation = await live(
          "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 01:00:00+00', 1), (3, '2024-01-01 02:00:00+00', 1), (4, null, 1)",
        )
        const touched = await apply(
          "(5, '2024-01-01 01:59:59+00', 2), (6, '2024-01-01 09:00:00+00', 2), (4, null, 1), (7, null, 2)",
          (candidate) => ({
            kind: 'ranges',
            candidate: candidate.relation,
            live: relation,
            column: 'seen',
            ranges: [hours('2024-01-01T01:00')],
          }),
        )
        // Row 6 lies outside the ranges; rows without a time are neither lost nor doubled.
        expect(await table()).toEqual([
          [1, 1],
          [3, 1],
          [4, 1],
          [5, 2],
          [7, 2],
        ])
        expect(touched).toEqual([hours('2024-01-01T01:00')])
      })

      claim('merge: by key, NULL keys too, equal rows untouched', async () => {
        const relation = await live(
          "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 05:00:00+00', 1), (null, null, 1)",
        )
        const touched = await apply(
          "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 06:00:00+00', 2), (null, null, 3), (9, '2024-01-01 08:00:00+00', 1), (9, '2024-01-01 08:00:00+00', 2)",
          (candidate) => ({
            kind: 'merge',
            candidate: candidate.relation,
            live: relation,
            key: ['id'],
            deletes: 'none',
          }),
        )
        expect(await table()).toEqual([
          [1, 1],
          [2, 2],
          [9, 2],
          [null, 3],
        ])
        expect(touched).toEqual([hours('2024-01-01T05:00', 2), hours('2024-01-01T08:00')])
      })

      claim('merge: removes what is missing, marked or gone, where asked', async () => {
        const rows = '(1, null, 1), (2, null, 1), (3, null, 1)'
        const relation = await live(rows)
        await apply('(1, null, 1), (2, null, 5)', (candidate) => ({
          kind: 'merge',
          candidate: candidate.relation,
          live: relation,
          key: ['id'],
          deletes: 'missing',
        }))
        expect(await table()).toEqual([
          [1, 1],
          [2, 5],
        ])
        await apply('(1, null, 0), (2, null, null), (3, null, 1)', (candidate) => ({
          kind: 'merge',
          candidate: candidate.relation,
          live: relation,
          key: ['id'],
          deletes: { when: 'v' },
        }))
        // 1 is marked with 0, which is false; 3 is marked before it ever came.
        expect(await table()).toEqual([
          [1, 0],
          [2, null],
        ])
        const gone = await workspace.build(
          {
            asset: 'staging.t',
            relation: 'staging__t__gone',
            sql: 'select 2::INTEGER as id',
            parameters: {},
          },
          {},
          never(),
        )
        await apply('(7, null, 7)', (candidate) => ({
          kind: 'merge',
          candidate: candidate.relation,
          live: relation,
          key: ['id'],
          deletes: 'none',
          gone: gone.relation,
        }))
        expect(await table()).toEqual([
          [1, 0],
          [7, 7],
        ])
      })

      claim('append: by key, or ranges built before, adds nothing twice', async () => {
        const relation = await live("(1, '2024-01-01 00:10:00+00', 1)")
        const append =
          (key: string[], again?: { column: string; ranges: Interval[] }) => (candidate: Candidate) =>
            ({
              kind: 'append',
              candidate: candidate.relation,
              live: relation,
              key,
              ...(again && { again }),
            }) as const
        expect(
          await apply(
            "(1, '2024-01-01 00:10:00+00', 9), (2, '2024-01-01 03:00:00+00', 2), (2, '2024-01-01 03:00:00+00', 3)",
            append(['id']),
          ),
        ).toEqual([hours('2024-01-01T03:00')])
        expect(await table()).toEqual([
          [1, 1],
          [2, 2],
        ])
        await apply(
          "(2, '2024-01-01 03:00:00+00', 2), (2, '2024-01-01 03:00:00+00', 2), (2, '2024-01-01 08:00:00+00', 2)",
          append([], { column: 'seen', ranges: [hours('2024-01-01T03:00')] }),
        )
        expect(await table()).toEqual([
          [1, 1],
          [2, 2],
          [2, 2],
          [2, 2],
        ])
        await apply("(1, '2024-01-01 00:10:00+00', 1)", append([]))
        expect((await table()).length).toBe(5)
      })

      claim('files: rows of a file loaded again give way', async () => {
        const layout = columns({ id: 'INTEGER', file: 'VARCHAR' })
        const first = await ingest('raw.f', layout, [
          { id: 1, file: 'a' },
          { id: 2, file: 'b' },
        ])
        await releaseAll([changeOf('raw.f', first, replace(first))])
        await nextRun()
        const second = await ingest('raw.f', layout, [{ id: 3, file: 'b' }])
        const change: RowChange = {
          kind: 'files',
          candidate: second.relation,
          live: first.relation,
          fileColumn: 'file',
          files: ['b', "it's"],
        }
        await releaseAll([changeOf('raw.f', second, change)])
        expect(await read('select id from raw.f order by id')).toEqual([[1], [3]])
      })

      describe('deliveries', () => {
        const delivery = 'staging.t>app:t'
        const deliveries = [{ delivery, key: ['id'] }]
        const changesAfter = (after: number | 'all') =>
          engine.openChanges({ delivery, asset: 'staging.t', key: ['id'], columns: TIMED, after })
        const carried = async (after: number | 'all') => {
          const changes = await changesAfter(after)
          const upserts = await rowsOf(changes.upserts(never()), TIMED)
          const deletes = await rowsOf(changes.deletes(never()), columns({ id: 'INTEGER' }))
          expect([changes.upserted, changes.deleted]).toEqual([upserts.length, deletes.length])
          return {
            upserts: upserts.map(({ id, v }) => [id, v]).sort(),
            deletes: deletes.map(({ id }) => id).sort(),
          }
        }

        claim('all rows for a first delivery', async () => {
          await live('(1, null, 1), (2, null, 2)')
          expect(await carried('all')).toEqual({
            upserts: [
              [1, 1],
              [2, 2],
            ],
            deletes: [],
          })
        })

        claim('only what differs, the last change of a key', async () => {
          const first = await live('(1, null, 1), (2, null, 1), (3, null, 1)')
          await apply('(1, null, 1), (2, null, 2), (4, null, 4)', (candidate) => replace(candidate, first), {
            deliveries,
          })
          expect(await carried(1)).toEqual({
            upserts: [
              [2, 2],
              [4, 4],
            ],
            deletes: [3],
          })
          const second = (await engine.ledger())[0]?.relations[0]?.relation ?? ''
          await apply(
            '(2, null, 1), (4, null, null), (3, null, 9)',
            (candidate) => ({
              kind: 'merge',
              candidate: candidate.relation,
              live: second,
              key: ['id'],
              deletes: 'none',
            }),
            { deliveries },
          )
          expect(await carried(1)).toEqual({
            upserts: [
              [2, 1],
              [3, 9],
              [4, null],
            ],
            deletes: [],
          })
          expect(await carried(2)).toEqual({
            upserts: [
              [2, 1],
              [3, 9],
              [4, null],
            ],
            deletes: [],
          })
          await engine.forgetChanges(delivery, 2)
          expect(await carried(2)).toEqual({
            upserts: [
              [2, 1],
              [3, 9],
              [4, null],
            ],
            deletes: [],
          })
          expect(await carried(3)).toEqual({ upserts: [], deletes: [] })
        })

        claim('of ranges: the rows of the ranges alone', async () => {
          const relation = await live(
            "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 01:00:00+00', 1), (3, '2024-01-01 01:20:00+00', 1)",
          )
          await apply(
            "(2, '2024-01-01 01:00:00+00', 1), (4, '2024-01-01 01:30:00+00', 1)",
            (candidate) => ({
              kind: 'ranges',
              candidate: candidate.relation,
              live: relation,
              column: 'seen',
              ranges: [hours('2024-01-01T01:00')],
            }),
            { deliveries },
          )
          expect(await carried(1)).toEqual({ upserts: [[4, 1]], deletes: [3] })
        })

        claim('and says so when changes were not kept', async () => {
          const first = await live('(1, null, 1)')
          const second = await build('staging.t', timed('(2, null, 1)'))
          await releaseAll([changeOf('staging.t', second, replace(second, first))])
          await nextRun()
          await apply('(3, null, 1)', (candidate) => replace(candidate, second.relation), { deliveries })
          expect((await failure(changesAfter(1))).code).toBe('ENGINE_CHANGES_LOST')
          expect(await carried(2)).toEqual({ upserts: [[3, 1]], deletes: [2] })
        })
      })

      claim('drops nothing that another run reads', async () => {
        const old = await publish('staging.a', 'select 1 as id')
        const other = await engine.openWorkspace(77)
        await other.define('staging.a', { kind: 'relation', relation: old.relation, columns: old.columns })
        const fresh = await build('staging.a', 'select 2 as id')
        await releaseAll([changeOf('staging.a', fresh, replace(fresh, old.relation))])
        await engine.sweep(new Set([fresh.relation]))
        const seen = await other.scan({ names: {}, sql: 'select id from staging.a', parameters: {} }, never())
        expect(seen.rows).toEqual([[1]])
        await other.close()
        expect(await engine.sweep(new Set([fresh.relation]))).toBe(1)
      })

      claim('and sweeps what nobody keeps', async () => {
        const kept = await publish('staging.a', 'select 1 as id')
        await build('staging.b', 'select 1 as id')
        expect(await engine.sweep(new Set([kept.relation]))).toBe(0)
        await nextRun()
        expect(await engine.sweep(new Set([kept.relation]))).toBe(1)
        expect(await read('select id from staging.a')).toEqual([[1]])
      })
    })

    describe('event time', () => {
      claim('knows the extent, endless and missing times left out', async () => {
        const a = await build(
          'staging.a',
          timed(
            "(1, 'infinity', 1), (2, null, 1), (3, '2024-01-01 00:00:00.000400+00', 1), (4, '1969-12-31 23:59:00+00', 1)",
          ),
        )
        await workspace.define('staging.a', { kind: 'relation', relation: a.relation, columns: a.columns })
        expect(await workspace.extent({ asset: 'staging.a', timeColumn: 'seen' })).toEqual([
          { start: at('1969-12-31T23:59'), end: at('2024-01-01T00:00') + 1 },
        ])
        const none = await build('staging.b', `${timed('(1, null, 1)')} where false`)
        await workspace.define('staging.b', {
          kind: 'relation',
          relation: none.relation,
          columns: none.columns,
        })
        expect(await workspace.extent({ asset: 'staging.b', timeColumn: 'seen' })).toEqual([])
      })

      claim('of a first candidate: its own hours, before 1970 too', async () => {
        const a = await build(
          'staging.a',
          timed("(1, '1969-12-31 23:30:00+00', 1), (2, '1970-01-01 00:30:00+00', 1), (3, '-infinity', 1)"),
        )
        expect(
          await workspace.touchedRanges({ candidate: a, timeColumn: 'seen', change: replace(a) }),
        ).toEqual([hours('1969-12-31T23:00', 2)])
      })

      claim('tells in which hours a replacement differs, and whether at all', async () => {
        const rows = "(1, '2024-01-01 00:10:00+00', 1), (2, '2024-01-01 01:00:00+00', 1), (3, null, 1)"
        const old = await publish('staging.a', timed(rows))
        const same = await build('staging.a', `${timed(rows)} order by id desc`)
        const differing = (candidate: Candidate, timeColumn: string | null) =>
          workspace.changedRanges({ candidate, live: old.relation, timeColumn })
        expect(await differing(same, 'seen')).toEqual({ same: true, ranges: [] })
        const other = await build('staging.b', timed(rows.replace("01:00:00+00', 1", "01:00:00+00', 2")))
        expect(await differing(other, 'seen')).toEqual({ same: false, ranges: [hours('2024-01-01T01:00')] })
        expect(await differing(other, null)).toEqual({ same: false, ranges: [] })
        const doubled = await build(
          'staging.c',
          `${timed(rows)} union all ${timed("(1, '2024-01-01 00:10:00+00', 1)")}`,
        )
        expect((await differing(doubled, 'seen')).ranges).toEqual([hours('2024-01-01T00:00')])
      })
    })

    describe('quarantines', () => {
      claim('rows with the first reason, and shows them from the release on', async () => {
        const a = await build(
          'staging.a',
          timed('(1, null, 1), (2, null, -1), (3, null, -2), (4, null, null)'),
        )
        const { rows } = await workspace.quarantine({
          asset: 'staging.a',
          candidate: a,
          rules: [
            { check: 'low', reason: 'below -1', rowIds: 'select rowid from this where v < -1' },
            {
              check: 'negative',
              reason: "it's negative",
              rowIds: 'with t as (from this) select rowid from t where v < 0',
            },
          ],
          run,
        })
        expect(rows).toBe(2)
        const outcome = await releaseAll([changeOf('staging.a', a, replace(a), { quarantined: true })])
        expect(outcome.relations[0]?.rows).toBe(2)
        expect(await read('select id from staging.a order by id')).toEqual([[1], [4]])
        expect(
          await read('select id, _check, _reason, _run, _release from quarantine.staging__a order by id'),
        ).toEqual([
          [2, 'negative', "it's negative", 1, 1],
          [3, 'low', 'below -1', 1, 1],
        ])
        await nextRun()
        const again = await build(
          'staging.a',
          `select id, seen, v::BIGINT as v, 1 as more from (${timed('(5, null, -5), (6, null, 1)')})`,
        )
        await workspace.quarantine({
          asset: 'staging.a',
          candidate: again,
          rules: [{ check: 'negative', reason: 'negative', rowIds: 'select rowid from this where v < 0' }],
          run,
        })
        await releaseAll([changeOf('staging.a', again, replace(again, a.relation), { quarantined: true })])
        expect(await read('select id, v, more, _release from quarantine.staging__a')).toEqual([
          [5, '-5', 1, 2],
        ])
      })

      claim('nothing where no rule finds a row', async () => {
        const a = await build('staging.a', 'select 1 as id')
        const rules = [{ check: 'c', reason: 'r', rowIds: 'select rowid from this where id > 5' }]
        expect(await workspace.quarantine({ asset: 'staging.a', candidate: a, rules, run })).toEqual({
          rows: 0,
        })
      })
    })

    describe('scans', () => {
      claim('with extra names for one statement', async () => {
        const a = await build('staging.a', 'select 1 as id')
        await workspace.define('staging.a', { kind: 'relation', relation: a.relation, columns: a.columns })
        const rows = { kind: 'relation' as const, relation: a.relation, columns: a.columns }
        const statement = {
          kind: 'statement' as const,
          sql: 'select id + 1 as id from staging.a',
          parameters: {},
        }
        const result = await workspace.scan(
          {
            names: { this: rows, after: statement },
            sql: 'select this.id, after.id as next, $n as n from this, after',
            parameters: { n: 3 },
          },
          never(),
        )
        expect(result).toEqual({
          columns: columns({ id: 'INTEGER', next: 'INTEGER', n: 'INTEGER' }),
          rows: [[1, 2, 3]],
          truncated: false,
        })
        await failure(workspace.scan({ names: {}, sql: 'select * from this', parameters: {} }, never()))
      })
    })

    describe('writes', () => {
      claim('an input as Parquet, chosen columns in order, one range', async () => {
        const a = await build(
          'staging.a',
          timed(
            "(2, '2024-01-01 00:10:00+00', 1), (1, '2024-01-01 00:20:00+00', 1), (3, '2024-01-01 01:00:00+00', 1)",
          ),
        )
        await workspace.define('staging.a', { kind: 'relation', relation: a.relation, columns: a.columns })
        const target = join(folder, 'input')
        const paths = await workspace.writeInput(
          {
            asset: 'staging.a',
            columns: ['id'],
            orderBy: ['id'],
            range: { column: 'seen', interval: hours('2024-01-01T00:00') },
            folder: target,
          },
          never(),
        )
        const loaded = await workspace.ingest(
          {
            asset: 'raw.b',
            relation: physicalName('raw.b', run),
            payload: { kind: 'files', format: 'parquet', paths, options: {}, sent: () => 2 },
          },
          {},
          never(),
        )
        expect(loaded).toMatchObject({ rows: 2, columns: columns({ id: 'INTEGER' }) })
      })

      claim('released rows as columns and as Parquet', async () => {
        const a = await publish('staging.a', timed('(2, null, 1), (1, null, 5)'))
        const request = { asset: 'staging.a', columns: a.columns, orderBy: ['id'] }
        const rows = await rowsOf(engine.readColumns(request, never()), a.columns)
        expect(rows.map(({ id, v }) => [id, v])).toEqual([
          [1, 5],
          [2, 1],
        ])
        const written = await engine.writeParquet({ ...request, path: join(folder, "o'ut.parquet") }, never())
        expect(written.rows).toBe(2)
        expect(written.bytes).toBeGreaterThan(100)
      })
    })

    describe('compares', () => {
      claim('released rows with others by key', async () => {
        const layout = columns({ id: 'INTEGER', v: 'DOUBLE' })
        const rows = [
          { id: 1, v: 1 },
          { id: 2, v: null },
          { id: 3, v: Number.NaN },
        ]
        const a = await ingest('staging.a', layout, rows)
        await releaseAll([changeOf('staging.a', a, replace(a))])
        const compare = (others: readonly Row[]) =>
          engine.compare(
            { asset: 'staging.a', columns: layout, key: ['id'], other: batches(batchOf(layout, others)) },
            never(),
          )
        expect(await compare(rows)).toEqual({ missing: 0, extra: 0, different: 0, samples: [] })
        expect(
          await compare([
            { id: 1, v: 7 },
            { id: 2, v: null },
            { id: 9, v: 1 },
          ]),
        ).toEqual({
          missing: 1,
          extra: 1,
          different: 1,
          samples: [
            { id: 1, problem: 'different', released: { v: 1 }, found: { v: 7 } },
            { id: 9, problem: 'extra' },
            { id: 3, problem: 'missing' },
          ],
        })
      })
    })

    describe('queries', () => {
      claim('released rows, cut at maxRows', async () => {
        await publish('staging.a', 'select i as id from range(5000) t(i)')
        const result = await engine.query(
          { sql: 'select id from staging.a order by id', parameters: {}, maxRows: 3 },
          never(),
        )
        expect(result).toEqual({ columns: columns({ id: 'BIGINT' }), rows: [[0], [1], [2]], truncated: true })
        const exact = await engine.query({ sql: 'select 1 as x', parameters: {}, maxRows: 1 }, never())
        expect(exact.truncated).toBe(false)
      })

      claim('and gives values that JSON can carry', async () => {
        const result = await engine.query(
          {
            sql: `select 9007199254740993 as big, 5::BIGINT as small, 1.10::DECIMAL(5,2) as price, 'NaN'::DOUBLE as nan,
              '-infinity'::DOUBLE as low, '2024-01-02 03:04:05.5+02'::TIMESTAMP WITH TIME ZONE as instant,
              '2024-01-02 03:04:05'::TIMESTAMP as local, '2024-01-02'::DATE as day, 'infinity'::TIMESTAMP as never,
              [1, null] as list, {'a': [{'b': 2}]} as nested, true as yes, null as nothing`,
            parameters: {},
            maxRows: 1,
          },
          never(),
        )
        expect(result.rows[0]).toEqual([
          '9007199254740993',
          5,
          '1.10',
          'NaN',
          '-Infinity',
          '2024-01-02T01:04:05.500Z',
          '2024-01-02T03:04:05',
          '2024-01-02',
          'infinity',
          [1, null],
          { a: [{ b: 2 }] },
          true,
          null,
        ])
      })

      const refused = [
        'create table x as select 1',
        'insert into staging.a values (1)',
        'select 1; select 2',
        "attach '/tmp/x.duckdb' as x",
        "copy (select 1) to '/tmp/x.csv'",
        "select * from '/etc/passwd'",
        "select * from read_text('/etc/passwd')",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/*')",
        "from staging.'x.csv'",
        'select * from staging."x.csv"',
        'select * from millrace_data.staging__a__1',
        'select * from millrace.releases',
        'select * from "MILLRACE_DATA".staging__a__1',
        'select (select count(*) from millrace_data.staging__a__1)',
        'with t as (select * from millrace_data.staging__a__1) select * from t',
        'select * from duckdb_secrets()',
        "select * from query('select 1')",
        "select getenv('HOME')",
        'pragma database_list',
        'set threads = 1',
        'install httpfs',
        'delete from staging.a',
        'select * from information_schema.tables',
        '',
      ]
      claim('but refuses what writes, attaches, reads files or looks behind the names', async () => {
        await publish('staging.a', 'select 1 as id')
        for (const sql of refused) {
          const error = await failure(engine.query({ sql, parameters: {}, maxRows: 10 }, never()))
          expect(['ENGINE_QUERY_REFUSED', 'ENGINE_QUERY_FAILED'], sql).toContain(error.code)
        }
        expect(await read('select id from staging.a')).toEqual([[1]])
      })

      claim('and says what is wrong with a query', async () => {
        const error = await failure(read('select nope from (select 1 as nape)'))
        expect(error).toMatchObject({ code: 'ENGINE_QUERY_FAILED' })
        expect(error.message).toMatch(/nope.*line 1, column 8/)
      })
    })

    describe('binds', () => {
      claim('statements in order, on empty tables', async () => {
        const results = await engine.bind({
          known: [
            {
              asset: 'raw.a',
              columns: columns({ id: 'BIGINT', seen: 'TIMESTAMP WITH TIME ZONE', j: 'JSON' }),
            },
          ],
          statements: [
            {
              asset: 'staging.b',
              sql: 'select *, $n as n from raw.a where seen >= $start;',
              parameters: { n: 1.5, start: 0 },
            },
            { asset: 'marts.c', sql: 'select id, 1 as id, n from staging.b', parameters: {} },
            { asset: 'marts.d', sql: 'select 1,\n nope from marts.c', parameters: {} },
            { asset: 'marts.e', sql: 'select * from marts.d', parameters: {} },
            { asset: 'marts.f', sql: 'select id from marts.missing', parameters: {} },
          ],
        })
        expect(results.slice(0, 2)).toEqual([
          {
            asset: 'staging.b',
            ok: true,
            columns: columns({
              id: 'BIGINT',
              seen: 'TIMESTAMP WITH TIME ZONE',
              j: 'JSON',
              n: 'DECIMAL(2,1)',
            }),
          },
          {
            asset: 'marts.c',
            ok: true,
            columns: columns({ id: 'BIGINT', id_1: 'INTEGER', n: 'DECIMAL(2,1)' }),
          },
        ])
        expect(results[2]).toMatchObject({ ok: false, offset: 'select 1,\n '.length })
        expect(results[3]).toMatchObject({ ok: false, message: 'It reads marts.d, which cannot be bound.' })
        expect(results[4]).toMatchObject({ ok: false })
      })

      claim('the same columns that a build then has', async () => {
        const sql = `select null as nothing, '{}'::JSON as j, ['1'::JSON] as list, {'a b': 1} as s, 1 as a, 2 as a, map{'k': 1.5} as m,
          current_date as d, now() as t, interval 1 day as i, 1::HUGEINT as h, 'x'::enum('x', 'y') as e`
        const [bound] = await engine.bind({ known: [], statements: [{ asset: 'a.b', sql, parameters: {} }] })
        const built = await build('a.b', sql)
        expect(bound).toEqual({ asset: 'a.b', ok: true, columns: built.columns })
      })
    })

    claim('tells its size and limits', async () => {
      const statistics = await engine.statistics()
      expect(statistics.memoryLimitBytes).toBeGreaterThan(1_000_000)
      expect(statistics.threads).toBeGreaterThan(0)
      expect(statistics.name).not.toBe('')
      expect(statistics.version).toMatch(/^\d/)
    })
  })
}
