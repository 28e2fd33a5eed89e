import { defineErrors } from '../base/errors.js'

export const serverError = defineErrors({
  TOKEN_MISSING: {
    message: (_: object) => 'The server wants a token.',
    hint: () => 'Send it as "Authorization: Bearer …"; it is in .millrace/token of the project.',
  },
  TOKEN_UNUSABLE: {
    message: (p: { path: string; reason: string }) => `The token in ${p.path} cannot be used: ${p.reason}`,
    hint: () => 'It has to be a file of the account that serves. Remove it, and a new one is made.',
  },
  TOKEN_WRONG: {
    message: (_: object) => 'This is not the server’s token.',
    hint: () => 'Take the one in .millrace/token, or open the address that millrace serve printed.',
  },
  TOO_MANY_TRIES: {
    message: (_: object) => 'Too many wrong tokens were sent in the last minute.',
    hint: () => 'Send the right one: it is in .millrace/token of the project and works at any time.',
  },
  HOST_REFUSED: {
    message: (p: { host: string }) => `This server does not answer to the name ${p.host}.`,
    hint: () => 'Use the address that millrace serve printed, or start it with --allow-host NAME.',
  },
  ORIGIN_REFUSED: {
    message: (p: { origin: string }) => `Pages of ${p.origin} may not speak to this server.`,
    hint: () => 'Open the console at the address that millrace serve printed.',
  },
  REQUEST_INVALID: {
    message: (p: { detail: string }) => `The request is not understood: ${p.detail}`,
    hint: () => 'What is accepted is described in /api/v1/openapi.json.',
  },
  BODY_TOO_LARGE: {
    message: (p: { mostBytes: number }) => `The request’s body is larger than ${p.mostBytes} bytes.`,
    hint: () => 'Send less at once.',
  },
  CONTENT_TYPE_WRONG: {
    message: (p: { type: string }) => `The request’s body must be JSON, not ${p.type || 'of no type'}.`,
    hint: () => 'Send "Content-Type: application/json", in UTF-8.',
  },
  CONTENT_ENCODING_WRONG: {
    message: (p: { encoding: string }) =>
      `The request’s body is packed with ${p.encoding}, which is not understood.`,
    hint: () => 'Send the body as it is, without Content-Encoding.',
  },
  ROUTE_UNKNOWN: {
    message: (p: { path: string }) => `There is nothing at ${p.path}.`,
    hint: () => 'What there is is described in /api/v1/openapi.json.',
  },
  METHOD_WRONG: {
    message: (p: { method: string; allowed: readonly string[] }) =>
      `${p.method} is not possible here; ${p.allowed.join(' and ')} is.`,
    hint: () => 'What is possible is described in /api/v1/openapi.json.',
  },
  SERVER_FULL: {
    transient: true,
    message: (p: { what: string; most: number }) => `The server already serves ${p.most} ${p.what}.`,
    hint: () => 'Close some, or try again in a moment.',
  },
  TICKET_UNKNOWN: {
    message: (p: { ticket: string }) => `The server knows no run with the ticket ${p.ticket}.`,
    hint: () => 'Tickets are kept for a while only; see the run itself with: millrace status',
  },
  RUN_CANCELLED: {
    message: (p: { by: string; release: number | null }) =>
      p.release === null
        ? `The run was cancelled by ${p.by}.`
        : `The run was cancelled by ${p.by} after release ${p.release}.`,
    hint: (p: { release: number | null }) =>
      p.release === null
        ? 'Nothing of it was released; readers see what they saw before.'
        : `Release ${p.release} stands; what of it was not delivered yet is taken along by the next run.`,
  },
  SERVER_RUNNING: {
    message: (p: { url: string; pid: number }) =>
      `This project is already served at ${p.url} by process ${p.pid}.`,
    hint: () => 'Use that one, or stop it first: only one process can own the project’s files.',
  },
  SERVER_LOST: {
    transient: true,
    message: (p: { url: string }) => `The server at ${p.url} does not answer any more.`,
    hint: () => 'See whether it still runs, and start it again with: millrace serve',
  },
  SERVER_ANSWER_UNKNOWN: {
    message: (p: { url: string; status: number }) =>
      `What answers at ${p.url} is no Millrace server (status ${p.status}).`,
    hint: () => 'Look at what stands between: a proxy must pass /api/v1 on as it is.',
  },
  PORT_TAKEN: {
    message: (p: { port: number; host: string }) => `Port ${p.port} of ${p.host} is taken.`,
    hint: () => 'Name another one with --port, or leave it out: the next free one is used.',
  },
  RUNS_INVALID: {
    message: (p: { text: string }) => `--runs ${p.text} is no number from 1 to 32.`,
    hint: () => 'Say how many runs may go side by side: --runs 2.',
  },
  PORT_INVALID: {
    message: (p: { text: string }) => `${p.text} is not a port.`,
    hint: () => 'Write a whole number from 0 to 65535; 0 is any free port.',
  },
  ADDRESS_UNUSABLE: {
    message: (p: { host: string; detail: string }) => `The server cannot listen on ${p.host}: ${p.detail}.`,
    hint: () => 'Name an address of this machine with --host, or leave it out for loopback.',
  },
  HOST_NEEDS_NAME: {
    message: (p: { host: string }) => `On ${p.host} other machines could reach the server.`,
    hint: () =>
      'Say the name they will use: --allow-host NAME. Better: leave --host out and put a reverse proxy before it.',
  },
  HOST_NAME_INVALID: {
    message: (p: { text: string }) => `--allow-host ${p.text} is not a name of a host.`,
    hint: () => 'Write the name as browsers show it: data.example.com or data.example.com:8443.',
  },
})

/** The code of what is no `MillraceError`: a fault of Millrace. */
export const FAULT = 'FAULT'
