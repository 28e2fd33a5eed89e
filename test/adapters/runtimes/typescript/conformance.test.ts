import { createTypeScriptRuntime } from '../../../../src/adapters/runtimes/typescript/runtime.js'
import { silentLog } from '../../../../src/base/log.js'
import { runtimeConformance } from '../../../conformance/runtime.js'

const open = () => createTypeScriptRuntime({ slots: 1, log: silentLog })
const body = (...lines: string[]) => `export default async function* (ctx) {\n${lines.join('\n')}\n}\n`

runtimeConformance('TypeScript', open, {
  extension: 'ts',
  counts: body('for (let n = 0; n < 10_000; n++) yield { n }'),
  doubles: body("for await (const row of ctx.input('raw.numbers')) yield { ...row, n: row.n * 2 }"),
  nothing: body(''),
  readsUndeclared: body("for await (const row of ctx.input('raw.secret')) yield row"),
  throwsInLineTwo: body("throw new Error('boom')"),
  brokenInLineTwo: body('const = 3'),
  wrongThirdRow: body("yield { n: 1 }; yield [{ n: 2 }, { n: 'three' }]"),
  extraField: body('yield { n: 1, extra: true }'),
  busyLoop: body('for (;;) {}'),
  waitsForever: body('setInterval(() => {}, 1_000)', 'await new Promise(() => {})'),
  exits: body('process.exit(3)'),
  killsItself: body("process.kill(process.pid, 'SIGKILL')", 'for (;;) {}'),
  hoards: body('const kept = []', "for (;;) kept.push({ text: 'x' + kept.length, list: [kept.length] })"),
  floods: body("for (let i = 0; i < 200_000; i++) console.log('line', i)", 'yield { n: 1 }'),
  talks: body("ctx.log.info('hello')", "ctx.metric('answer', 42)", 'yield { n: 1 }'),
  tellsContext: body(
    'yield { text: JSON.stringify([ctx.interval.start, ctx.interval.end, ctx.vars.limit]) }',
  ),
})
