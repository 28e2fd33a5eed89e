/** Names of assets, schemas, connections, vars: what SQL takes without quotes in every engine. */
export const NAME = /^[a-z][a-z0-9_]*$/

const RESERVED_SCHEMAS = new Set([
  ...['main', 'memory', 'temp', 'system', 'information_schema'],
  'quarantine',
])

/** Schemas that belong to the engine or to Millrace. */
export const isReservedSchema = (schema: string): boolean =>
  RESERVED_SCHEMAS.has(schema.toLowerCase()) || /^(pg_|millrace)/i.test(schema)
