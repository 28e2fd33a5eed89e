import type { TableReference } from './parse.js'

/** What a statement reads and is given, from its parse tree. */
export type StatementReads = Readonly<{
  references: readonly TableReference[]
  tableFunctions: readonly string[]
  functions: readonly string[]
  parameters: readonly string[]
}>

type Tree = Readonly<Record<string, unknown>>
type Scope = ReadonlySet<string>

type Found = {
  references: TableReference[]
  tableFunctions: Set<string>
  functions: Set<string>
  parameters: Set<string>
}

/**
 * Walks a parse tree as DuckDB's `json_serialize_sql` prints it. A CTE is visible in the statement that declares
 * it and in the CTEs declared after it; inside its own text the name means a table, unless it is recursive.
 */
export function readReferences(statements: unknown): StatementReads {
  const found: Found = {
    references: [],
    tableFunctions: new Set(),
    functions: new Set(),
    parameters: new Set(),
  }
  visit(statements, new Set(), found)
  return {
    references: found.references.sort((a, b) => a.offset - b.offset),
    tableFunctions: [...found.tableFunctions].sort(),
    functions: [...found.functions].sort(),
    parameters: [...found.parameters].sort(),
  }
}

function visit(value: unknown, scope: Scope, found: Found): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, scope, found)
    return
  }
  if (!isTree(value)) return
  note(value, scope, found)
  const inner = visitCtes(value, scope, found)
  for (const key in value) if (key !== 'cte_map') visit(value[key], inner, found)
}

/** `recurring.t` is how a recursive CTE with USING KEY names all of its rows so far. */
const RECURRING = 'recurring'

/** Visits the node's CTEs in order, each seeing the ones before; returns the scope of the node's own parts. */
function visitCtes(node: Tree, scope: Scope, found: Found): Scope {
  const ctes = isTree(node.cte_map) && Array.isArray(node.cte_map.map) ? node.cte_map.map : []
  let inner = scope
  for (const cte of ctes.filter(isTree)) {
    visit(cte.value, inner, found)
    inner = new Set([...inner, textOf(cte.key).toLowerCase()])
  }
  if (node.type !== 'RECURSIVE_CTE_NODE') return inner
  const own = textOf(node.cte_name).toLowerCase()
  return new Set([...inner, own, `${RECURRING}.${own}`])
}

function note(node: Tree, scope: Scope, found: Found): void {
  switch (node.type) {
    case 'BASE_TABLE': {
      const reference = referenceOf(node)
      if (!isCte(reference, scope)) found.references.push(reference)
      return
    }
    case 'TABLE_FUNCTION':
      if (isTree(node.function)) found.tableFunctions.add(textOf(node.function.function_name).toLowerCase())
      return
    // They read a table that is no reference of theirs.
    case 'SHOW_REF':
      found.functions.add('describe')
      return
    case 'VALUE_PARAMETER':
      found.parameters.add(textOf(node.identifier))
      return
  }
  if (node.class === 'FUNCTION' || node.class === 'WINDOW')
    found.functions.add(textOf(node.function_name).toLowerCase())
}

function referenceOf(node: Tree): TableReference {
  return {
    catalog: textOf(node.catalog_name),
    schema: textOf(node.schema_name),
    table: textOf(node.table_name),
    offset: typeof node.query_location === 'number' ? node.query_location : 0,
  }
}

/** A CTE has no schema, whatever is written in its name: `with "raw.readings" as …` shadows no table of `raw`. */
function isCte({ catalog, schema, table }: TableReference, scope: Scope): boolean {
  if (catalog !== '') return false
  if (schema === '') return scope.has(table.toLowerCase())
  return schema.toLowerCase() === RECURRING && scope.has(`${RECURRING}.${table}`.toLowerCase())
}

function isTree(value: unknown): value is Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
