/** A node of the engine's parse tree, as it comes out of JSON. */
export type Tree = Readonly<Record<string, unknown>>

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Everything that hangs on a node, with lists opened. */
export const partsOf = (node: Tree): readonly unknown[] => Object.values(node).flat()

/** What a call is given. */
export const childrenOf = (node: unknown): readonly unknown[] =>
  isTree(node) && Array.isArray(node.children) ? node.children : []

/** The name of the function that a node calls, as an aggregate and over a window too; null if it calls none. */
export function calledIn(node: Tree): string | null {
  const isCall = node.class === 'FUNCTION' || node.class === 'WINDOW'
  return isCall && typeof node.function_name === 'string' ? node.function_name.toLowerCase() : null
}

/** A text that is written out; null for anything else. */
export function textIn(node: unknown): string | null {
  const text = isTree(node) && isTree(node.value) ? node.value.value : null
  return typeof text === 'string' ? text : null
}

/** Whether a node or anything below it is such a one. */
export function holds(value: unknown, such: (node: Tree) => boolean): boolean {
  if (Array.isArray(value)) return value.some((one) => holds(one, such))
  return isTree(value) && (such(value) || Object.values(value).some((one) => holds(one, such)))
}
