import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { LineSplitter } from '../../../../base/lines.js'
import { type FromWorker, PROTOCOL_FD, type ToWorker } from '../../protocol.js'

const MAX_MESSAGE_CHARS = 64_000_000
const pause = new Int32Array(new SharedArrayBuffer(4))

/**
 * The worker's end of the protocol. It writes at once and waits while the pipe is full: what was said before a
 * crash or `process.exit` has been said, and an author who talks too much is slowed, not queued in memory.
 */
export class Channel {
  private readonly socket = new Socket({ fd: PROTOCOL_FD, readable: true, writable: false })
  private holds = 1
  /** Heads every line: see the protocol. */
  private secret = ''

  constructor(onMessage: (message: ToWorker) => void) {
    const lines = new LineSplitter(MAX_MESSAGE_CHARS, (line) => {
      // Millrace's own end of the pipe; there is nobody else to distrust.
      onMessage(JSON.parse(line) as ToWorker)
    })
    this.socket.setEncoding('utf8')
    this.socket.on('data', (text: string) => lines.push(text))
    this.socket.on('error', die)
    this.socket.on('close', die)
  }

  /** From now on this worker speaks for the task that came with `secret`. */
  speakFor(secret: string): void {
    this.secret = secret
  }

  send(message: FromWorker): void {
    const bytes = Buffer.from(`${this.secret}${JSON.stringify(message)}\n`)
    for (let at = 0; at < bytes.length; ) at += writeSome(bytes, at)
  }

  /** Keeps the process alive while it waits for Millrace. */
  hold(): void {
    if (this.holds++ === 0) this.socket.ref()
  }

  /** From the last `release` on, a process with nothing else to do comes to its end, which shows a stall. */
  release(): void {
    if (--this.holds === 0) this.socket.unref()
  }
}

function writeSome(bytes: Buffer, at: number): number {
  try {
    return writeSync(PROTOCOL_FD, bytes, at)
  } catch (error) {
    // A cast: Node's errors of system calls carry a code.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') die()
    Atomics.wait(pause, 0, 0, 1)
    return 0
  }
}

/** Millrace is gone, and nobody is left to work for: ends this process and all it has started. */
function die(): never {
  process.kill(-process.pid, 'SIGKILL')
  throw new Error('unreachable')
}
