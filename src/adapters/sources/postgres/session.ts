import type { Client } from 'pg'
import { connectSource } from './connect.js'

/** One connection, opened when first needed. An abort cuts it. */
export function openSession(url: string) {
  let opened: Promise<Client> | null = null
  const close = async () => {
    const client = await opened?.catch(() => null)
    opened = null
    await client?.end().catch(() => {})
  }
  return {
    close,
    async use<T>(signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T> {
      signal.throwIfAborted()
      let cut = () => {}
      const aborted = new Promise<never>((_resolve, reject) => {
        cut = () => {
          reject(signal.reason)
          void close()
        }
      })
      signal.addEventListener('abort', cut, { once: true })
      try {
        opened ??= connectSource(url)
        return await Promise.race([aborted, opened.then(work)])
      } finally {
        signal.removeEventListener('abort', cut)
      }
    },
  }
}
