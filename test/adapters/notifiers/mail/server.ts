import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'

/** A mail server on a free port that keeps what it is given. */
export async function startMailServer(options: { password?: string } = {}) {
  const mails: string[] = []
  let refusal: { code: number; text: string } | null = null
  let isSlow = false
  const server = new SMTPServer({
    authOptional: options.password === undefined,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 50,
    logger: false,
    onAuth: (auth, _session, done) =>
      auth.password === options.password ? done(null, { user: 'x' }) : done(new Error('wrong password')),
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', () => {
        if (isSlow) return
        if (refusal) return done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }))
        mails.push(text)
        done()
      })
    },
  })
  // Clients that vanish are part of the tests.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    refuse: (code: number | null, text = 'not now') => {
      refusal = code === null ? null : { code, text }
    },
    slow: () => {
      isSlow = true
    },
    stop: async () => {
      if (!server.server.listening) return
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

/** A header of a mail, unfolded and decoded as far as ASCII and UTF-8 words go. */
export function header(mail: string, name: string): string | undefined {
  const head = mail.split('\r\n\r\n')[0]!.replace(/\r\n[ \t]+/g, ' ')
  const line = head.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line
    ?.slice(name.length + 1)
    .trim()
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_whole, text: string) =>
      decodeURIComponent(
        text
          .replaceAll('_', ' ')
          .replaceAll('%', '%25')
          .replace(/=([0-9A-F]{2})/g, '%$1'),
      ),
    )
    .replace(/=\?UTF-8\?B\?(.*?)\?=/gi, (_whole, text: string) => Buffer.from(text, 'base64').toString())
}
