import { z } from 'zod'
import { type Database, only } from './database.js'

/** The rows of one project in one environment. */
export type Scope = Readonly<{ scope: number; environment: string }>

export async function openScope(database: Database, project: string, environment: string): Promise<Scope> {
  const find = {
    text: 'select scope from millrace_state.scopes where project = $1 and environment = $2',
    values: [project, environment],
  }
  let rows = await database.query(find)
  if (rows.length === 0) {
    await database.query({
      text: 'insert into millrace_state.scopes (project, environment) values ($1, $2) on conflict do nothing',
      values: [project, environment],
    })
    rows = await database.query(find)
  }
  return { ...only(z.object({ scope: z.number() }), rows, 'scopes'), environment }
}
