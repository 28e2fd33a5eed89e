import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { type Serving, serveProject } from './serving.js'

export type Schema = Readonly<Record<string, unknown>>
export type Parameter = Readonly<{ name: string; in: string; required?: boolean; schema: Schema }>
type Content = Readonly<Record<string, { schema: Schema }>>
export type Operation = Readonly<{
  operationId: string
  security?: readonly unknown[]
  parameters?: readonly Parameter[]
  requestBody?: Readonly<{ required: boolean; content: Content }>
  responses: Readonly<Record<string, { description: string; content?: Content }>>
}>

/** `/api/v1/openapi.json` as tests read it. */
export type OpenapiDocument = Readonly<{
  openapi: string
  info: Readonly<{ title: string; version: string }>
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  components: Readonly<{ schemas: Readonly<Record<string, Schema>>; securitySchemes: object }>
}>

export const operationsOf = ({ paths }: OpenapiDocument) =>
  Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation })),
  )

/** Makes validators of schemas of the document; `$ref`s are found in the document itself. */
function validators({ components }: OpenapiDocument): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    formats: { uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i },
  })
  ajv.addSchema({ $id: 'doc', components })
  const made = new Map<string, ValidateFunction>()
  return (schema) => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"doc#/components/')
    const known = made.get(text) ?? ajv.compile(JSON.parse(text) as Schema)
    made.set(text, known)
    return known
  }
}

export type Described = Readonly<{
  serving: Serving
  document: OpenapiDocument
  validator: ReturnType<typeof validators>
}>

/** A project that is served and has had its first run, and what its server says of itself. */
export async function describeServing(): Promise<Described> {
  const serving = await serveProject()
  const document = (await (await serving.ask('/api/v1/openapi.json')).json()) as OpenapiDocument
  const { events } = (await (await serving.post('/api/v1/run', { trigger: 'a test' })).json()) as {
    events: string
  }
  // Read to its end: the run is done then.
  await (await serving.ask(events)).text()
  return { serving, document, validator: validators(document) }
}
