import { configShape } from '../config/config-fields.js'
import { typescriptShape } from '../headers/header-fields.js'
import { sourceShape } from '../headers/source-fields.js'
import type { JsonSchema } from '../shapes/shape.js'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** For editors: a source's YAML file, or the header of an asset. */
export function assetSchema(): JsonSchema {
  return {
    $schema: DIALECT,
    $id: 'urn:millrace:asset',
    title: 'A Millrace asset: a source file, or the header of a SQL or TypeScript file',
    if: { required: ['source'] },
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
    then: { $ref: '#/$defs/source' },
    else: { $ref: '#/$defs/header' },
    $defs: { source: sourceShape.schema, header: typescriptShape.schema },
  }
}

/** For editors: millrace.yaml. */
export function projectSchema(): JsonSchema {
  return {
    $schema: DIALECT,
    $id: 'urn:millrace:project',
    title: 'millrace.yaml',
    ...configShape.schema,
  }
}

/** Committed beside the package, so that editors need not run it. */
export const schemaText = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`
