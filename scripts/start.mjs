// `npm start`: sets up what a fresh clone needs, then runs the example.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

setUp()
const example = spawn(
  process.execPath,
  [join(root, 'examples', 'washrooms', 'start.mjs'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    // DuckDB's queries run on libuv's pool; four threads would starve file reads.
    env: { ...process.env, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '32' },
  },
)
// The terminal sends Ctrl-C to the example as well; it decides when to end, this process only waits.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => signal === 'SIGTERM' && example.kill(signal))
example.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
})
