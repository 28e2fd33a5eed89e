import type { Report } from '../diagnostics/report.js'
import type { SourceText } from '../files/source-text.js'
import { parsePlainYaml } from './plain-yaml.js'
import type { YamlNode } from './tree.js'
import { parseWholeYaml } from './whole-yaml.js'

/**
 * Reads the YAML that begins at an index of a file (1.2, core schema). Null: it is broken, and was reported.
 * Values that other YAML readers take for something else are reported too.
 */
export function parseYaml(source: SourceText, start: number, yaml: string, report: Report): YamlNode | null {
  return parsePlainYaml(source, start, yaml) ?? parseWholeYaml(source, start, yaml, report)
}
