import { afterAll, beforeAll, expect, test } from 'vitest'
import { STATUS_OF } from '../../src/server/status-of.js'
import {
  type Described,
  describeServing,
  type Operation,
  operationsOf,
  type Schema,
} from './openapi-document.js'

/** What an operation is asked with; a value that is left out is `undefined`. */
type Values = Readonly<Record<string, unknown>>
type Asked = Readonly<{ inPath: Values; inQuery: Values; body: Values | null }>
type Step = ReturnType<typeof operationsOf>[number]

/** Values that lead somewhere in the project served. Names that are not here get one made of their schema. */
const USUAL: Values = {
  name: 'marts.visits',
  asset: 'marts.visits',
  focus: 'marts.visits',
  assets: '*',
  metric: 'rows_out',
  nonce: '0123456789abcdef',
  sql: 'select 1',
  run: 1,
  id: 1,
  ticket: '00000000-0000-4000-8000-000000000000',
  until: 4_000_000_000_000,
  select: 'nothing.like_this',
}

let serving: Described['serving']
let document: Described['document']
let validator: Described['validator']
beforeAll(async () => {
  ;({ serving, document, validator } = await describeServing())
})
afterAll(() => serving?.close())

/** Values that a schema takes, and values next to them that it may not take. */
function tried(schema: Schema): unknown[] {
  const { minimum, maximum, minLength, maxLength, enum: options } = schema as Record<string, never>
  const edges = [minimum, maximum].flatMap((edge) =>
    typeof edge === 'number' ? [edge, edge - 1, edge + 1] : [],
  )
  const lengths = [minLength, maxLength].flatMap((length: unknown) =>
    typeof length === 'number' && length <= 1_000 ? ['x'.repeat(length), 'x'.repeat(length + 1)] : [],
  )
  const texts = ['', ' ', '\0', 'é😀', '%', '../..', '__proto__', "'; drop --", 'firing,resolved', '2024-W05']
  return [...edges, ...lengths, ...(options ?? []), ...texts, -1, 0, 1, 1.5, 2 ** 31, 2 ** 53, true]
}

const shapeOf = (operation: Operation): Schema | null =>
  operation.requestBody?.content['application/json']?.schema ?? null

const propertiesOf = (schema: Schema | null) => (schema?.properties ?? {}) as Readonly<Record<string, Schema>>

function usual(name: string, schema: Schema): unknown {
  if (name in USUAL) return USUAL[name]
  return tried(schema).find((value) => value !== '' && validator(schema)(value))
}

function usualAsked(operation: Operation): Asked {
  const among = (where: string) =>
    Object.fromEntries(
      (operation.parameters ?? []).flatMap(({ name, schema, required, in: place }) =>
        place === where && required ? [[name, usual(name, schema)]] : [],
      ),
    )
  const body = shapeOf(operation)
  const required = new Set((body?.required ?? []) as string[])
  const fields = Object.entries(propertiesOf(body)).flatMap(([name, schema]) =>
    required.has(name) || name === 'select' ? [[name, usual(name, schema)]] : [],
  )
  return { inPath: among('path'), inQuery: among('query'), body: body && Object.fromEntries(fields) }
}

/** The usual request, then each value of it changed by itself, then what no request has. */
function requestsOf(operation: Operation): Asked[] {
  const asked = usualAsked(operation)
  const parameters = (operation.parameters ?? []).flatMap(({ name, schema, in: place }) => {
    const where = place === 'path' ? 'inPath' : 'inQuery'
    // An empty part of a path makes it another address.
    const values = tried(schema).filter((value) => value !== '' || place !== 'path')
    return values.map((value) => ({ ...asked, [where]: { ...asked[where], [name]: value } }))
  })
  const fields = Object.entries(propertiesOf(shapeOf(operation))).flatMap(([name, schema]) =>
    [...tried(schema), null, [], {}, '\ud800', undefined]
      // A run or a check of everything is not what is tried here.
      .filter((value) => name !== 'select' || value != null)
      .map((value) => ({ ...asked, body: { ...asked.body, [name]: value } })),
  )
  return [
    asked,
    ...parameters,
    ...fields,
    { ...asked, inQuery: { ...asked.inQuery, unheard: 'of' } },
    ...(asked.body ? [{ ...asked, body: { ...asked.body, unheard: 'of' } }] : []),
  ]
}

/** Texts of an address are numbers where they look like one and the schema wants one. */
const asWritten = (schema: Schema, value: unknown): unknown =>
  schema.type === 'integer' || schema.type === 'number' ? value : String(value)

/** What the document says of a request. Half a character and NUL are in no document, and nowhere taken. */
function isDescribed({ operation }: Step, { inPath, inQuery, body }: Asked): boolean {
  const parameters = operation.parameters ?? []
  const given = { ...inPath, ...inQuery }
  if (/\\u0000|\\ud800/.test(JSON.stringify([given, body]))) return false
  if (Object.keys(given).some((name) => !parameters.some((one) => one.name === name))) return false
  if (
    parameters.some(({ name, schema }) => name in given && !validator(schema)(asWritten(schema, given[name])))
  )
    return false
  const shape = shapeOf(operation)
  return shape === null || validator(shape)(JSON.parse(JSON.stringify(body)))
}

async function ask({ path, verb }: Step, { inPath, inQuery, body }: Asked) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(inPath[name])))
  const query = new URLSearchParams(
    Object.entries(inQuery).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const cut = new AbortController()
  const response = await serving.ask(`${filled}${query.size > 0 ? `?${query}` : ''}`, {
    method: verb.toUpperCase(),
    signal: cut.signal,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const type = response.headers.get('content-type')?.split(';')[0] ?? null
  const text = type === 'text/event-stream' ? '' : await response.text()
  cut.abort()
  return { status: response.status, type, text }
}

/** What an answer has that the document does not say; null if nothing. */
function fault(
  step: Step,
  asked: Asked,
  { status, type, text }: Awaited<ReturnType<typeof ask>>,
): string | null {
  if (status >= 500) return 'the server broke'
  const { responses } = step.operation
  const declared = responses[status] ?? responses.default
  if (status < 400 && declared === responses.default) return 'its status is not declared'
  const content = declared?.content ?? {}
  if (type === null) return Object.keys(content).length === 0 && text === '' ? null : 'it has no type'
  if (!(type in content)) return `${type} is not declared`
  if (type.endsWith('json')) {
    const isValid = validator(content[type]!.schema)
    if (!isValid(JSON.parse(text))) return `its body is not as described: ${JSON.stringify(isValid.errors)}`
  }
  const code = status < 400 ? null : (JSON.parse(text) as { code: string }).code
  if (code !== null && STATUS_OF[code] !== status) return `${code} is no code of ${status}`
  const isDeclared = isDescribed(step, asked)
  if (isDeclared && code === 'REQUEST_INVALID') return 'it is refused, but the document allows it'
  if (!isDeclared && status < 400) return 'it is taken, but the document does not allow it'
  return null
}

const shown = (step: Step, asked: Asked, { status, text }: Awaited<ReturnType<typeof ask>>, found: string) =>
  `${step.operation.operationId} ${JSON.stringify(asked).slice(0, 300)} → ${status} ${text.slice(0, 300)}: ${found}`

test('every operation takes what the document describes, refuses the rest, and answers as described', async () => {
  const faults: string[] = []
  let count = 0
  for (const step of operationsOf(document))
    await Promise.all(
      requestsOf(step.operation).map(async (asked) => {
        const answer = await ask(step, asked)
        count++
        const found = fault(step, asked, answer)
        if (found !== null) faults.push(shown(step, asked, answer, found))
      }),
    )
  expect(faults).toEqual([])
  expect(count).toBeGreaterThan(500)
}, 60_000)
