import type { Report } from '../diagnostics/report.js'
import type { YamlNode, YamlScalar } from '../yaml/tree.js'
import { configDiagnostic } from './diagnostics.js'

const PLACEHOLDER = /\$\{([^}]*)\}/g
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/

/** The tree with `${NAME}` and `${NAME:-default}` replaced in values. What is missing is reported, each time. */
export function expandVariables(
  node: YamlNode,
  env: Readonly<Record<string, string | undefined>>,
  report: Report,
): YamlNode {
  switch (node.kind) {
    case 'map':
      return {
        ...node,
        entries: node.entries.map((entry) => ({
          ...entry,
          value: expandVariables(entry.value, env, report),
        })),
      }
    case 'list':
      return { ...node, items: node.items.map((item) => expandVariables(item, env, report)) }
    case 'scalar':
      return expandScalar(node, env, report)
  }
}

function expandScalar(
  node: YamlScalar,
  env: Readonly<Record<string, string | undefined>>,
  report: Report,
): YamlScalar {
  if (typeof node.value !== 'string' || !node.value.includes('${')) return node
  const value = node.value.replace(PLACEHOLDER, (whole, inside: string) => {
    const [, name, fallback] = VARIABLE.exec(inside) ?? []
    if (name === undefined) {
      report(configDiagnostic('VARIABLE_MISSPELLED', { text: whole }, node.at))
      return whole
    }
    const set = env[name]
    // As in a shell, ":-" also stands in for a variable that is set to nothing.
    const found = fallback !== undefined && set === '' ? fallback : (set ?? fallback)
    if (found === undefined) report(configDiagnostic('VARIABLE_MISSING', { variable: name }, node.at))
    return found ?? whole
  })
  return { ...node, value, meant: resolved(value) }
}

/** Variables are text; where a number or a boolean is wanted, they are read as one. */
function resolved(value: string): string | number | boolean {
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) && Number.isSafeInteger(Math.trunc(Number(value))))
    return Number(value)
  return value === 'true' ? true : value === 'false' ? false : value
}

/** Reports every `${NAME}` in a file whose values are taken as they stand. */
export function refuseVariables(node: YamlNode, report: Report): void {
  switch (node.kind) {
    case 'map':
      for (const entry of node.entries) refuseVariables(entry.value, report)
      return
    case 'list':
      for (const item of node.items) refuseVariables(item, report)
      return
    case 'scalar': {
      const found = typeof node.value === 'string' ? /\$\{[A-Za-z_]\w*(:-[^}]*)?\}/.exec(node.value) : null
      if (found) report(configDiagnostic('VARIABLE_OUT_OF_PLACE', { text: found[0] }, node.at))
    }
  }
}
