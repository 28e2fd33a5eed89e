import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_PATHS, API_ROOT, SERVER_PATHS } from '../../src/server/paths.js'
import { type Described, describeServing, operationsOf } from './openapi-document.js'

let serving: Described['serving']
let document: Described['document']
let validator: Described['validator']
beforeAll(async () => {
  ;({ serving, document, validator } = await describeServing())
})
afterAll(() => serving?.close())

const operations = () => operationsOf(document)

describe('the document', () => {
  test('is OpenAPI 3.1 and has one operation for each method of the API', () => {
    expect(document.openapi).toBe('3.1.0')
    const known = [...Object.entries(API_PATHS), ...Object.entries(SERVER_PATHS)]
      .filter(([name]) => name !== 'openapi')
      .map(([name, { verb, path }]) => `${name} ${verb.toLowerCase()} ${API_ROOT}${path}`)
    const described = operations().map(
      ({ path, verb, operation }) => `${operation.operationId} ${verb} ${path}`,
    )
    expect(described.sort()).toEqual(known.sort())
  })

  test('is whole: every reference leads somewhere, every schema compiles, every part of a path is a parameter', () => {
    const references = JSON.stringify(document).match(/"#\/components\/schemas\/([^"]+)"/g) ?? []
    for (const reference of references)
      expect(document.components.schemas, reference).toHaveProperty(reference.slice(22, -1))
    for (const [name, schema] of Object.entries(document.components.schemas))
      expect(() => validator(schema), name).not.toThrow()
    for (const { path, operation } of operations()) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = operation.parameters?.filter((one) => one.in === 'path') ?? []
      expect(
        declared.map(({ name }) => name),
        path,
      ).toEqual(parts)
      expect(declared.every(({ required }) => required)).toBe(true)
      expect(operation.responses.default?.content).toHaveProperty(['application/problem+json'])
      for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
    }
  })

  test('asks for the token everywhere but at the proof', () => {
    const open = operations().filter(({ operation }) => !operation.security)
    expect(open.map(({ operation }) => operation.operationId)).toEqual(['proof'])
    expect(document.components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
  })
})

describe('answers are as described', () => {
  const asked: readonly (readonly [string, unknown?])[] = [
    ['/overview'],
    ['/status'],
    ['/search?text=visits'],
    ['/assets'],
    ['/assets/marts.visits'],
    ['/assets/marts.visits/preview?limit=2'],
    ['/assets/marts.visits/metrics?metric=rows_out'],
    ['/lineage?focus=marts.visits&depth=1'],
    ['/releases?limit=5'],
    ['/queue'],
    ['/runs?limit=5'],
    ['/runs/1'],
    ['/runs/1/log'],
    ['/checks/latest?select=staging.doors'],
    ['/alerts?states=firing,resolved'],
    ['/silences'],
    ['/reports'],
    ['/doctor'],
    ['/server'],
    ['/plan', {}],
    ['/plan', { select: 'marts.visits', full: true }],
    ['/query', { sql: 'select 1.5::decimal(5,2) as price, [1, null] as list' }],
    ['/check', { select: 'staging.doors' }],
    ['/types', {}],
    ['/server/refresh', {}],
  ]
  for (const [path, body] of asked)
    test(`${body === undefined ? 'GET' : 'POST'} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`, async () => {
      const response = await (body === undefined
        ? serving.ask(API_ROOT + path)
        : serving.post(API_ROOT + path, body))
      const value: unknown = await response.json()
      expect(response.status, JSON.stringify(value)).toBe(200)
      const verb = body === undefined ? 'get' : 'post'
      const plain = API_ROOT + path.replace(/\?.*/, '')
      const found = operations().find(
        (one) => one.verb === verb && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
      )
      const validate = validator(found!.operation.responses['200']!.content!['application/json']!.schema)
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true)
    })

  test('and problems too', async () => {
    const response = await serving.ask('/api/v1/assets/marts.visit')
    const problem = (await response.json()) as object
    expect(problem).toEqual({
      type: 'urn:millrace:error:ASSET_UNKNOWN',
      title: 'Asset unknown',
      status: 404,
      detail: 'There is no asset marts.visit.',
      code: 'ASSET_UNKNOWN',
      hint: 'Did you mean marts.visits?',
      transient: false,
    })
    const validate = validator(document.components.schemas.Problem!)
    expect(validate(problem), JSON.stringify(validate.errors)).toBe(true)
  })
})
