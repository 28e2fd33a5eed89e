import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Answer, Endpoint } from './endpoint.js'
import { API_ROOT } from './paths.js'
import { PROBLEM_TYPE } from './problem.js'
import { z } from './schemas/exactly.js'
import { diagnostic } from './schemas/values.js'

const TITLE = 'Millrace'

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string(),
    hint: z.string(),
    transient: z.boolean(),
    diagnostics: z.array(diagnostic).optional(),
  })
  .openapi('Problem', { description: 'RFC 9457, with the code and hint that the command line prints' })

type Registry = OpenAPIHono['openAPIRegistry']

/** Writes an endpoint into the document. */
export function document(registry: Registry, { at, name, summary, request, answers, open }: Endpoint): void {
  const responses = Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)] as const)
  registry.registerPath({
    method: at.verb === 'GET' ? 'get' : at.verb === 'POST' ? 'post' : 'delete',
    path: API_ROOT + at.path,
    operationId: name,
    summary,
    ...(open ? {} : { security: [{ token: [] }] }),
    request: {
      ...(request.params && { params: request.params }),
      ...(request.query && { query: request.query }),
      ...(request.body && {
        body: { required: true, content: { 'application/json': { schema: request.body } } },
      }),
    },
    responses: {
      ...Object.fromEntries(responses),
      default: { description: 'What went wrong', content: { [PROBLEM_TYPE]: { schema: problem } } },
    },
  })
}

function responseOf(answers: readonly Answer[]) {
  const content = answers.flatMap(({ type, schema }) =>
    type === null || schema === null ? [] : [[type, { schema }] as const],
  )
  const description = answers.map((answer) => answer.description).join('; ')
  return content.length === 0 ? { description } : { description, content: Object.fromEntries(content) }
}

/** The OpenAPI 3.1 document, made of the schemas that requests are checked with. */
export function openapiDocument(app: OpenAPIHono): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token in .millrace/token of the project',
  })
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: TITLE,
      version: '1',
      description:
        'Everything that Millrace does for its users; the command line and the console speak it. Instants are epoch milliseconds.',
    },
    servers: [{ url: '/' }],
  })
}
