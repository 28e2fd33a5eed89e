import type { AssetName } from '../../domain/asset.js'
import { originOf, queryOf, type ReadQuery } from './expression.js'
import { computedFrom, oneOf, UNKNOWN } from './origin.js'
import { columnNamed, openRelation, type Relation, type RelationColumn, renamed } from './relation.js'
import { type FromItems, type Item, NOTHING, type Scope } from './scope.js'
import { folded, type Tree, textOf, textsOf, treeOf, treesOf } from './tree.js'

/** Columns of the assets a statement reads. An asset that is missing here may have any. */
export type InputColumns = ReadonlyMap<AssetName, readonly string[]>

/** The tables of a FROM clause. Those on the left can be used by what stands right of them. */
export function readFrom(node: Tree, scope: Scope, inputs: InputColumns, readQuery: ReadQuery): FromItems {
  switch (node.type) {
    case 'BASE_TABLE':
      return single(node, baseTable(node, scope, inputs), textOf(node.table_name))
    case 'SUBQUERY':
      return single(node, readQuery(queryOf(node.subquery), { ...scope, outer: scope }), '')
    case 'JOIN':
      return join(node, scope, inputs, readQuery)
    case 'TABLE_FUNCTION':
      return single(node, tableFunction(node, scope, readQuery), '')
    case 'EXPRESSION_LIST':
      return single(node, valuesList(node, scope, readQuery), '')
    case 'EMPTY':
    case undefined:
      return NOTHING
    default:
      // PIVOT and whatever the engine learns to read from.
      return single(node, openRelation(UNKNOWN), '')
  }
}

function single(node: Tree, relation: Relation, otherwise: string): FromItems {
  const names = textsOf(node.column_name_alias)
  const item: Item = {
    alias: textOf(node.alias) || otherwise,
    schema: textOf(node.schema_name),
    relation: names.length > 0 ? renamed(relation, names) : relation,
  }
  return { items: [item], merged: [] }
}

function baseTable(node: Tree, scope: Scope, inputs: InputColumns): Relation {
  const [schema, table] = [textOf(node.schema_name), textOf(node.table_name)]
  const cte = schema === '' ? scope.ctes.get(folded(table)) : undefined
  if (cte) return cte
  const asset = folded(`${schema}.${table}`)
  const columns = inputs.get(asset)
  if (!columns) return openRelation(UNKNOWN)
  return {
    columns: columns.map((column) => ({ name: column, origin: { kind: 'same', from: [{ asset, column }] } })),
    otherwise: null,
  }
}

/** Everything a function yields comes from what it is given. */
function tableFunction(node: Tree, scope: Scope, readQuery: ReadQuery): Relation {
  return openRelation(computedFrom([originOf(treeOf(node.function), scope, readQuery)]))
}

function valuesList(node: Tree, scope: Scope, readQuery: ReadQuery): Relation {
  const rows = Array.isArray(node.values) ? node.values.map(treesOf) : []
  return {
    columns: (rows[0] ?? []).map((_, at) => ({
      name: `col${at}`,
      origin: oneOf(rows.flatMap((row) => (row[at] ? [originOf(row[at], scope, readQuery)] : []))),
    })),
    otherwise: null,
  }
}

function join(node: Tree, scope: Scope, inputs: InputColumns, readQuery: ReadQuery): FromItems {
  const left = readFrom(treeOf(node.left), scope, inputs, readQuery)
  const lateral: Scope = {
    ...scope,
    from: { items: [...scope.from.items, ...left.items], merged: left.merged },
  }
  const right = readFrom(treeOf(node.right), lateral, inputs, readQuery)
  if (node.join_type === 'SEMI' || node.join_type === 'ANTI') return left
  const shared = node.ref_type === 'NATURAL' ? inCommon(left, right) : textsOf(node.using_columns)
  return {
    items: [...left.items, ...right.items],
    merged: [
      ...shared.map((name) => mergedColumn(name, textOf(node.join_type), left, right)),
      ...[...left.merged, ...right.merged].filter(
        ({ name }) => !shared.some((one) => folded(one) === folded(name)),
      ),
    ],
  }
}

function mergedColumn(name: string, joinType: string, left: FromItems, right: FromItems): RelationColumn {
  const sides = { left: sideOrigin(name, left), right: sideOrigin(name, right) }
  if (joinType === 'RIGHT') return { name, origin: sides.right }
  return { name, origin: joinType === 'FULL' ? oneOf([sides.left, sides.right]) : sides.left }
}

function sideOrigin(name: string, { items, merged }: FromItems) {
  const known = columnNamed(merged, name)
  if (known) return known.origin
  for (const { relation } of items) {
    const found = columnNamed(relation.columns, name)
    if (found) return found.origin
  }
  return items.find(({ relation }) => relation.otherwise)?.relation.otherwise ?? UNKNOWN
}

function inCommon(left: FromItems, right: FromItems): string[] {
  const names = right.items.flatMap(({ relation }) => relation.columns.map(({ name }) => folded(name)))
  const shared = new Set(names)
  return left.items
    .flatMap(({ relation }) => relation.columns.map(({ name }) => name))
    .filter((name) => shared.has(folded(name)))
}
