/** `lost`: what is on the screen may be old, `since` says from when. `retryAt` is when it is tried next. */
export type Connection = Readonly<
  { state: 'connecting' } | { state: 'live' } | { state: 'lost'; since: number; retryAt: number }
>

const listeners = new Set<() => void>()
let connection: Connection = { state: 'connecting' }

export const currentConnection = (): Connection => connection

export function setConnection(next: Connection): void {
  connection = next
  for (const listener of listeners) listener()
}

export function onConnection(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
