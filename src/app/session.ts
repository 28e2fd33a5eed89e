import type { Clock } from '../base/clock.js'
import { messageOf } from '../base/errors.js'
import type { Logger } from '../base/log.js'
import { appError } from './errors.js'
import { openHome } from './home/open-home.js'
import { type Environment, findProject, type Loaded, load } from './load.js'
import { openServices, type ServiceOptions, type Services } from './services.js'

/** A loaded project with its services: what every command works on. */
export type Session = Readonly<{ loaded: Loaded; services: Services; close(): Promise<void> }>

export type SessionOptions = Readonly<{
  /** Any folder inside the project. */
  folder: string
  environment: string
  env: Environment
  clock: Clock
  log: (home: string) => Logger
  processName: string
  /** Runs that may go side by side in this process; absent: one. */
  runsAtOnce?: number
}>

/** The one environment there is: its names are the assets' own. */
const PRODUCTION = 'prod'

/** @throws PROJECT_NOT_FOUND, PROJECT_INVALID, ENVIRONMENT_UNKNOWN, HOME_UNUSABLE */
export async function openSession(options: SessionOptions): Promise<Session> {
  if (options.environment !== PRODUCTION)
    throw appError('ENVIRONMENT_UNKNOWN', { environment: options.environment })
  const loaded = await load(findProject(options.folder), options.env)
  openHome(loaded.project)
  try {
    return sessionOf(loaded, openServices(loaded.project, serviceOptions(loaded, options)))
  } catch (error) {
    await loaded.close()
    throw error
  }
}

const serviceOptions = ({ project }: Loaded, options: SessionOptions): ServiceOptions => ({
  environment: options.environment,
  clock: options.clock,
  env: options.env,
  log: logIn(project.home, options.log),
  processName: options.processName,
  ...(options.runsAtOnce !== undefined && { runsAtOnce: options.runsAtOnce }),
})

/** The first of Millrace's own files that is opened: what is wrong with their folder shows here. */
function logIn(home: string, open: SessionOptions['log']): Logger {
  try {
    return open(home)
  } catch (cause) {
    throw appError('HOME_UNUSABLE', { home, reason: messageOf(cause) }, { cause })
  }
}

/** The project as it is on disk now, on the same services. The old session is to be closed by itself. @throws PROJECT_INVALID */
export async function reloadSession(old: Session, env: Environment): Promise<Session> {
  const loaded = await load(old.loaded.project.root, env)
  return sessionOf(loaded, old.services.reload(loaded.project))
}

function sessionOf(loaded: Loaded, services: Services): Session {
  return {
    loaded,
    services,
    close: async () => {
      await services.close()
      await loaded.close()
    },
  }
}
