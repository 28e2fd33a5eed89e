import { isIP } from 'node:net'

/** True if a `Host` header names this server. A page that rebinds its own name to our address sends its own name. */
export type HostTest = (host: string | undefined) => boolean

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?$/

/** `names`: with a port (`data.example.com:8443`) exactly that, without one also with the server's own port. */
export function createHostTest(port: () => number, bound: string, names: readonly string[]): HostTest {
  const own = new Set([...LOOPBACK_NAMES, ...(isLoopback(bound) ? [hostOf(bound)] : [])])
  const allowed = new Set(names.map((name) => name.toLowerCase()))
  return (header) => {
    const host = header?.toLowerCase() ?? ''
    const match = HOST.exec(host)
    if (!match) return false
    const name = match[1] ?? ''
    const isOwnPort = Number(match[2] ?? 80) === port()
    if (own.has(name)) return isOwnPort
    return allowed.has(host) || (allowed.has(name) && isOwnPort)
  }
}

/** As it stands in an address: IPv6 in brackets. */
export const hostOf = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

export const isHostName = (text: string): boolean => HOST.test(text.toLowerCase())
