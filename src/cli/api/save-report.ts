import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { ReportRecord } from '../../domain/report.js'

/** Writes a page that the server rendered where this command was told to put it. */
export async function saveReport(out: string, { file }: ReportRecord, html: string): Promise<void> {
  if (file === null) return
  const path = resolve(join(out, file))
  const inside = relative(resolve(out), path)
  if (inside.startsWith('..') || isAbsolute(inside)) throw new TypeError(`${file} leads out of ${out}`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, html)
}
