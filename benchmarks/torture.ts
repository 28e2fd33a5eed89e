/**
 * The long torture: kill -9 of Millrace, its workers and the embedded Postgres at random moments, in at least a
 * hundred runs, against an undisturbed run. Exits with 1 if anything differs in the end, or if the reader of two
 * delivered tables ever saw them disagree.
 *
 * Options: --kills N (110), --batches N (6), --seed N.
 */
import { torture } from '../test/e2e/torture.js'
import { option, print } from './support/report.js'

const report = await torture({
  kills: Number(option('kills', '110')),
  batches: Number(option('batches', '6')),
  seed: Number(option('seed', '20260301')),
  say: (line) => console.error(line),
})
print('torture', report)
if (report.different.length > 0 || report.disagreements > 0 || report.looks === 0) process.exitCode = 1
