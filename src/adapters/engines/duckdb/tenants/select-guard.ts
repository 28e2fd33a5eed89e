import type { SqlParser } from '../../../../sql/parse.js'
import { engineError } from '../../errors.js'
import type { Guard } from './tenant-copy.js'

/** Lets one SELECT pass. Every tenant is asked the same questions, so each text is parsed once. */
export function selectGuard(parse: SqlParser): Guard {
  const passed = new Set<string>()
  return async (sql) => {
    if (passed.has(sql)) return
    const [parsed] = await parse([sql])
    if (!parsed?.ok) {
      const detail = parsed?.message ?? 'it cannot be parsed'
      throw engineError('ENGINE_QUERY_REFUSED', { detail })
    }
    if (parsed.statements !== 1)
      throw engineError('ENGINE_QUERY_REFUSED', { detail: `it holds ${parsed.statements} statements` })
    passed.add(sql)
  }
}
