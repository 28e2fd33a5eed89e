import type { Asset, Body } from '../../src/domain/asset.js'
import type { Project } from '../../src/domain/project.js'

/** An asset with sensible defaults, for tests that care about a few of its settings. */
export function asset(name: string, settings: Partial<Asset> = {}): Asset {
  return {
    name,
    file: `assets/${name.replace('.', '/')}.sql`,
    line: 1,
    description: '',
    owner: '',
    tags: [],
    materialize: 'table',
    key: [],
    deletes: 'none',
    columns: [],
    checks: [],
    schedule: { kind: 'upstream' },
    budget: {},
    timeoutMs: 60_000,
    retries: 0,
    allowIncomplete: false,
    deliver: [],
    inputs: [],
    checkReads: [],
    body: sql(`select * from ${name}`),
    ...settings,
  }
}

export const sql = (canonical: string, parameters: readonly string[] = []): Body => ({
  kind: 'sql',
  text: canonical,
  canonical,
  parameters,
})

export const source = (): Body => ({
  kind: 'source',
  source: {
    kind: 'postgres',
    connection: 'app',
    table: 'hardware.readings',
    load: 'incremental',
    cursor: 'id',
    deletes: false,
  },
})

export function project(assets: readonly Asset[], settings: Partial<Project> = {}): Project {
  return {
    name: 'test',
    root: '/nowhere',
    home: '/nowhere/.millrace',
    timezone: 'UTC',
    state: { kind: 'embedded' },
    warehouse: { kind: 'duckdb', path: '/nowhere/warehouse.duckdb' },
    connections: new Map(),
    vars: {},
    alerts: { routes: [], smtp: null, from: 'millrace@localhost' },
    assets,
    ...settings,
  }
}
