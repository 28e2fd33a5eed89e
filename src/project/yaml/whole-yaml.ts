import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument } from 'yaml'
import type { Diagnostic, Location } from '../../domain/diagnostic.js'
import type { Report } from '../diagnostics/report.js'
import { locate, type SourceText } from '../files/source-text.js'
import { yamlDiagnostic } from './diagnostics.js'
import { firstOfEachLine, yamlSyntax } from './syntax.js'
import type { YamlEntry, YamlNode, YamlScalar } from './tree.js'

/** Reads any YAML, as `parseYaml` says, with the library. */
export function parseWholeYaml(
  source: SourceText,
  start: number,
  yaml: string,
  report: Report,
): YamlNode | null {
  // YAML knows no lone carriage return, old editors do.
  const document = parseDocument(yaml.replace(/\r(?!\n)/g, '\n'), {
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    keepSourceTokens: false,
  })
  const mistakes = [...document.errors, ...document.warnings].map((error) => yamlSyntax(error, source, start))
  for (const mistake of firstOfEachLine(mistakes)) report(mistake)
  if (mistakes.length > 0) return null
  return treeOf(document.contents, { source, start, document, report })
}

type Context = Readonly<{ source: SourceText; start: number; document: Document.Parsed; report: Report }>

function treeOf(node: ParsedNode | null, context: Context): YamlNode {
  const { source, start, document } = context
  const at = locate(source, start + (node?.range[0] ?? 0))
  if (isMap(node)) {
    const entries = node.items.map((pair) =>
      entryOf(pair.key as ParsedNode, pair.value as ParsedNode | null, context),
    )
    return { kind: 'map', entries, at }
  }
  if (isSeq(node))
    return { kind: 'list', items: node.items.map((item) => treeOf(item as ParsedNode, context)), at }
  if (isAlias(node)) {
    const meant = node.resolve(document) as ParsedNode | undefined
    if (meant) return treeOf(meant, context)
    context.report(yamlDiagnostic('YAML_ALIAS', { name: node.source }, at))
    // A value of its own, so that it is not told once more as missing.
    return { kind: 'scalar', value: `*${node.source}`, text: `*${node.source}`, plain: false, at }
  }
  if (!isScalar(node)) return { kind: 'scalar', value: null, text: '', plain: true, at }
  return scalarOf(node as ParsedNode & { value: unknown; type?: string }, at, context)
}

function entryOf(key: ParsedNode, value: ParsedNode | null, context: Context): YamlEntry {
  // A key is its text whatever other readers make of the word: `{ on: upstream }`.
  const report: Report = (fault) => {
    if (fault.code !== 'YAML_AMBIGUOUS_WORD') context.report(fault)
  }
  const name = treeOf(key, { ...context, report })
  const missing: YamlScalar = { kind: 'scalar', value: null, text: '', plain: true, at: name.at }
  return {
    key: name.kind === 'scalar' ? keyText(name) : '',
    keyAt: name.at,
    value: value === null ? missing : treeOf(value, context),
  }
}

const keyText = ({ plain, text, value }: YamlScalar): string => (plain ? text : String(value))

function scalarOf(
  node: ParsedNode & { value: unknown; type?: string },
  at: Location,
  context: Context,
): YamlScalar {
  const from = context.start + node.range[0]
  const text = context.source.text.slice(from, context.start + node.range[1]).trimEnd()
  const plain = node.type === 'PLAIN' || node.type === undefined
  const value = node.value as YamlScalar['value']
  if (plain) {
    const trap = trapIn(text, value, at)
    if (trap) context.report(trap)
  }
  return { kind: 'scalar', value, text, plain, at }
}

/** A plain value that reads differently elsewhere, or loses something. */
function trapIn(text: string, value: YamlScalar['value'], at: Location): Diagnostic | null {
  if (/^(yes|no|on|off)$/i.test(text)) return yamlDiagnostic('YAML_AMBIGUOUS_WORD', { word: text }, at)
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ]\s*\d{1,2}:\d{2}.*)?$/.test(text))
    return yamlDiagnostic('YAML_UNQUOTED_DATE', { text }, at)
  if (/^[-+]?\d+(:[0-5]?\d)+(\.\d*)?$/.test(text)) return yamlDiagnostic('YAML_SEXAGESIMAL', { text }, at)
  if (/^[-+]?0\d+$/.test(text)) return yamlDiagnostic('YAML_LEADING_ZERO', { text }, at)
  if (/^[-+]?\d+$/.test(text) && typeof value === 'number' && !Number.isSafeInteger(value))
    return yamlDiagnostic('YAML_NUMBER_TOO_LONG', { text }, at)
  return null
}
