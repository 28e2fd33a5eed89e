import type { Diagnostic } from '../../domain/diagnostic.js'
import { SERVER_PATHS } from '../paths.js'
import { ask, type Connection } from './request.js'

/** Which process serves which project, and whether it works on the files as they are. */
export type ServerState = Readonly<{
  pid: number
  /** Epoch ms. */
  startedAt: number
  root: string
  /** `broken`: the files have mistakes, and the last good project runs on. */
  state: 'good' | 'broken'
  /** The mistakes, or the warnings of a good project. */
  diagnostics: readonly Diagnostic[]
}>

export const readServer = (connection: Connection): Promise<ServerState> =>
  ask<ServerState>(connection, SERVER_PATHS.server)

/** The same, after the server has read what was edited of the project. */
export const refreshServer = (connection: Connection): Promise<ServerState> =>
  ask<ServerState>(connection, SERVER_PATHS.refresh)
