import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { startSubprocess } from '../../src/base/subprocess.js'

const start = (script: string, channels = 0) =>
  startSubprocess({ command: process.execPath, args: ['-e', script], env: { ONLY: 'this' }, channels })

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = ''
  for await (const piece of stream) all += String(piece)
  return all
}

describe('startSubprocess', () => {
  test('gives the exit code, and no environment but its own', async () => {
    const child = start('console.log(process.env.ONLY, process.env.PATH); process.exit(4)')
    expect(await text(child.stdout)).toBe('this undefined\n')
    expect(await child.exited).toEqual({ code: 4, signal: null })
  })

  test('talks both ways on a channel of its own', async () => {
    const child = start(
      "const s = new (require('net').Socket)({ fd: 3 }); s.on('data', (d) => s.end('heard ' + d))",
      1,
    )
    child.channel(0).write('hello')
    expect(await text(child.channel(0))).toBe('heard hello')
  })

  test('kills a process that ignores signals, and what it has started', async () => {
    const child = start(
      "process.on('SIGTERM', () => {}); const c = require('child_process').spawn('sleep', ['600'], { stdio: 'ignore' }); console.log(c.pid); setInterval(() => {}, 1e6)",
    )
    const grandchild = await new Promise<number>((resolve) =>
      child.stdout.once('data', (data) => resolve(Number(data))),
    )
    child.kill()
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await expect.poll(() => isRunning(grandchild)).toBe(false)
  })

  test('says why a process could not start', async () => {
    const child = startSubprocess({ command: '/nowhere/at/all', args: [], env: {}, channels: 1 })
    expect((await child.exited).error?.message).toContain('ENOENT')
  })
})

function isRunning(pid: number): boolean {
  try {
    // A process that is dead but not yet collected is a zombie, Z.
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
