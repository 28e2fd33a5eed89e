import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { systemClock } from '../../base/clock.js'
import { LineSplitter } from '../../base/lines.js'
import { type Exit, type Subprocess, type SubprocessOptions, startSubprocess } from '../../base/subprocess.js'
import { type LogLevel, LogLimit } from './log-limit.js'
import { parseMessage } from './parse-message.js'
import type { FromWorker, Task, ToWorker } from './protocol.js'

/** What hears a worker while it runs a task. */
export type WorkerListener = Readonly<{
  message(message: FromWorker): void
  /** A line the process wrote to stdout or stderr past its console. */
  log(level: LogLevel, message: string): void
}>

const MAX_LOG_LINE_CHARS = 8_000
const MAX_MESSAGE_CHARS = 16_000_000
const LAST_WORDS = 20

/** One process of the pool: its life, its messages, its output. Between tasks nobody hears it. */
export class WorkerProcess {
  readonly exited: Promise<Exit>
  /** Resolves with the first message, or with the exit if none comes. */
  readonly ready: Promise<unknown>
  readonly memoryLimitBytes: number
  private readonly process: Subprocess
  private readonly lastWords: string[] = []
  private listener: WorkerListener | null = null
  private limit: LogLimit | null = null
  private watchWords = ''
  /** Something has spoken on the channel that was not Millrace's worker. */
  private isForged = false
  private alive = true
  /** Of the task that runs, and of the one before: what that leaves behind may still have something to say. */
  private secrets: readonly [now: string, before: string] = ['', '']
  private becomeReady = () => {}
  tasks = 0

  constructor(options: Omit<SubprocessOptions, 'channels'>, memoryLimitBytes: number) {
    this.memoryLimitBytes = memoryLimitBytes
    this.process = startSubprocess({ ...options, channels: 2 })
    this.exited = this.process.exited.then((exit) => {
      this.alive = false
      return exit
    })
    this.ready = Promise.race([new Promise<void>((resolve) => (this.becomeReady = resolve)), this.exited])
    const protocol = new LineSplitter(MAX_MESSAGE_CHARS, (line, missing) => this.hear(line, missing))
    readText(this.process.channel(0), (text) => protocol.push(text))
    readText(this.process.channel(1), (text) => {
      this.watchWords = (this.watchWords + text).slice(-1_000)
    })
    this.readOutput(this.process.stdout, 'info')
    this.readOutput(this.process.stderr, 'warn')
    this.process.holdOpen(false)
  }

  get pid(): number | undefined {
    return this.process.pid
  }

  get running(): boolean {
    return this.alive
  }

  /** The last lines on stderr, and what its watch said before it ended the process. */
  get epitaph(): Readonly<{ stderr: readonly string[]; watch: string }> {
    return { stderr: this.lastWords, watch: this.watchWords.trim() }
  }

  listen(listener: WorkerListener): void {
    this.listener = listener
    this.limit = new LogLimit(systemClock, (level, message) => listener.log(level, message))
    this.process.holdOpen(true)
  }

  async stopListening(): Promise<void> {
    // Output travels by other pipes than messages: what was written before `done` is read within a turn or two.
    await turn()
    await turn()
    this.limit?.flush()
    this.listener = null
    this.limit = null
    this.process.holdOpen(false)
  }

  start(task: Task): void {
    this.secrets = [randomBytes(16).toString('base64url'), this.secrets[0]]
    this.send({ type: 'run', task, secret: this.secrets[0] })
  }

  send(message: ToWorker): void {
    this.process.channel(0).write(`${JSON.stringify(message)}\n`)
  }

  /** SIGKILL to the process and all it has started; resolves when it is gone. */
  async kill(): Promise<Exit> {
    this.process.holdOpen(true)
    this.process.kill()
    const exit = await this.exited
    this.process.holdOpen(false)
    return exit
  }

  private hear(line: string, missingChars: number): void {
    const [now, before] = this.secrets
    if (this.isForged || (before !== '' && line.startsWith(before))) return
    const isOwn = missingChars === 0 && line.startsWith(now)
    const message = isOwn ? parseMessage(line.slice(now.length)) : null
    if (message === null) {
      // Until the process is gone it may go on: what comes in the same breath is heard no more.
      this.isForged = true
      this.lastWords.push(`it wrote to descriptor 3, which is not its own: ${line.slice(0, 200)}`)
      this.process.kill()
    } else if (message.type === 'ready') this.becomeReady()
    else this.listener?.message(message)
  }

  private readOutput(stream: Readable, level: LogLevel): void {
    const lines = new LineSplitter(MAX_LOG_LINE_CHARS, (line, missing) => {
      if (level === 'warn') this.remember(line)
      this.limit?.push(level, line, missing)
    })
    readText(stream, (text) => lines.push(text))
    stream.once('end', () => lines.flush())
  }

  private remember(line: string): void {
    if (line.trim() === '') return
    this.lastWords.push(line)
    if (this.lastWords.length > LAST_WORDS) this.lastWords.shift()
  }
}

function readText(stream: Readable, onText: (text: string) => void): void {
  stream.setEncoding('utf8')
  stream.on('data', onText)
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
