import { leftBehind } from '../adapters/state/embedded/left-behind.js'
import { inShell } from '../base/in-shell.js'
import type { Finding } from './finding.js'

/** Data of removed projects that root's embedded Postgres kept outside them; no finding where there is none. */
export function examineLeftBehind(): Finding[] {
  return leftBehind().map(({ place, note, home, pid }) => ({
    topic: 'left behind',
    status: 'warning',
    detail: `${place} is the state of ${home}, which is gone or begun anew${pid === null ? '' : `; its server still runs (pid ${pid})`}`,
    hint: `If that project was removed, and not moved: ${pid === null ? '' : `kill -INT ${pid}; `}rm -r ${[place, note].map(inShell).join(' ')}`,
  }))
}
