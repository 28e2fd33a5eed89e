const KEY = 'millrace-token'

const listeners = new Set<() => void>()
let token: string | null = null
let refused = false

/**
 * Takes the token out of `#token=…`, the address `millrace serve` prints, into this tab's storage. It leaves the
 * address bar at once, so that it is in no history, bookmark or screenshot.
 */
export function adoptToken(): void {
  token = readStored()
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (!given) return
  setToken(given)
  history.replaceState(history.state, '', location.pathname + location.search)
}

export const currentToken = (): string | null => token

export function setToken(next: string | null): void {
  token = next
  try {
    if (next === null) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, next)
  } catch {
    // Storage may be forbidden; the token then lives as long as the page.
  }
  for (const listener of listeners) listener()
}

/** The server does not take the token of this tab, if it has one: it is forgotten, and whoever signs in is told why. */
export function refuseToken(): void {
  if (token !== null) refused = true
  setToken(null)
}

/** True once a token of this tab was not taken. */
export const wasRefused = (): boolean => refused

export function onToken(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function readStored(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}
