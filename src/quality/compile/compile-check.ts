import { unreachable } from '../../base/errors.js'
import type { Check } from '../../domain/check.js'
import type { Column } from '../../domain/column.js'
import { quoteName, quoteQualified, quoteText } from '../../sql/quote.js'
import { columnFamily, isEnum, isNested } from './column-family.js'
import { type CompileContext, findColumn, missingColumn } from './compile-context.js'
import { type CompiledCheck, enclosed } from './compiled-check.js'
import { literal } from './literal.js'
import { newestTime } from './newest-time.js'
import { outsideRange } from './outside-range.js'
import { compareColumns } from './schema-check.js'
import { uniqueLookup } from './unique-lookup.js'

/** What has to be measured to judge one check. Total: a check that does not fit becomes form `unfit`. */
export function compileCheck(check: Check, context: CompileContext): CompiledCheck {
  const where = check.where?.trim() ? check.where : null
  switch (check.kind) {
    case 'not_null':
      return withColumn(check.column, context, (column) => ({
        form: 'condition',
        where,
        applies: null,
        failing: `${quoteName(column.name)} is null`,
      }))
    case 'accepted_values':
      return withColumn(check.column, context, (column) => outsideValues(check.values, column, where))
    case 'accepted_range':
      return withColumn(check.column, context, (column) => {
        const outside = outsideRange(check, column)
        return 'problem' in outside
          ? { form: 'unfit', problem: outside.problem }
          : { form: 'condition', where, applies: hasValue(column), failing: outside.sql }
      })
    case 'matches_regex':
      return withColumn(check.column, context, (column) => unmatched(check.pattern, column, where))
    case 'unique':
      return uniqueLookup(check.columns, where, context)
    case 'relationships':
      return withColumn(check.column, context, (column) => orphans(check, column, where, context))
    case 'failed_rows':
      return { form: 'statement', where, statement: ownStatement(check.sql, where) }
    case 'row_count':
      return { form: 'count', where }
    case 'freshness':
      return withColumn(check.column, context, (column) => newestTime(column, where, context.now))
    case 'schema':
      return { form: 'columns', problems: compareColumns(check, context.columns) }
    default:
      return unreachable(check)
  }
}

function withColumn(
  name: string,
  context: CompileContext,
  compile: (column: Column) => CompiledCheck,
): CompiledCheck {
  const column = findColumn(name, context.columns)
  return column ? compile(column) : missingColumn(name, context)
}

/** NULL is for `not_null` to judge; every other check passes it over. */
const hasValue = (column: Column): string => `${quoteName(column.name)} is not null`

function outsideValues(
  values: readonly (string | number | boolean)[],
  column: Column,
  where: string | null,
): CompiledCheck {
  const isWhole = columnFamily(column.type) === 'integer'
  // 1.5 can never stand in a column of whole numbers, and would make the list a list of decimals.
  const possible = isWhole
    ? values.filter((value) => typeof value !== 'number' || Number.isInteger(value))
    : values
  const literals = possible.map((value) => literal(value, column))
  for (const made of literals) if ('problem' in made) return { form: 'unfit', problem: made.problem }
  const list = literals.flatMap((made) => ('sql' in made ? [made.sql] : [])).join(', ')
  const type = isEnum(column.type) ? 'VARCHAR' : column.type
  const typed = list === '' ? `[]::${type}[]` : `[${list}]`
  // `in (…)` with more than a few values becomes a join per check; a constant list stays in the one pass.
  return {
    form: 'condition',
    where,
    applies: hasValue(column),
    failing: `not list_contains(${typed}, ${asText(column, isEnum)})`,
  }
}

function unmatched(pattern: string, column: Column, where: string | null): CompiledCheck {
  if (isNested(column.type) || column.type === 'BLOB')
    return { form: 'unfit', problem: `${column.name} (${column.type}) has no text to match` }
  const text = asText(column, (type) => type !== 'VARCHAR')
  return {
    form: 'condition',
    where,
    applies: hasValue(column),
    failing: `not regexp_matches(${text}, ${quoteText(pattern)})`,
  }
}

function asText(column: Column, cast: (type: string) => boolean): string {
  const name = quoteName(column.name)
  return cast(column.type) ? `${name}::VARCHAR` : name
}

function orphans(
  check: Extract<Check, { kind: 'relationships' }>,
  column: Column,
  where: string | null,
  context: CompileContext,
): CompiledCheck {
  // A table that refers to itself is looked up in the rows it will have, not in those it had.
  const parent =
    check.to.toLowerCase() === context.asset.name.toLowerCase() ? 'after' : quoteQualified(check.to)
  const value = `this.${quoteName(column.name)}`
  const known = `select 1 from ${parent} as parent where parent.${quoteName(check.field)} = ${value}`
  const failing = `${value} is not null and not exists (${known})`
  return { form: 'lookup', where, applies: hasValue(column), failing }
}

function ownStatement(sql: string, where: string | null): string {
  const statement = sql.trim().replace(/;+\s*$/, '')
  if (where === null) return `(${statement}\n)`
  return `(with this as (select * from this where ${enclosed(where)}) select * from (${statement}\n) as found)`
}
