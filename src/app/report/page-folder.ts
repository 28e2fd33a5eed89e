import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.js'
import { appError } from '../errors.js'

/**
 * Makes the folder that a report's pages go to, and finds out whether names in it are told apart by letter case.
 * @throws REPORT_FOLDER_UNWRITABLE
 */
export async function preparePageFolder(folder: string, report: string): Promise<boolean> {
  try {
    await mkdir(join(folder, report), { recursive: true })
  } catch (cause) {
    throw appError('REPORT_FOLDER_UNWRITABLE', { folder, detail: messageOf(cause) }, { cause })
  }
  return tellsCase(folder, report)
}

/** Names of reports are small letters: where they are found in capitals too, letter case counts for nothing. */
export async function tellsCase(folder: string, report: string): Promise<boolean> {
  const numberOf = (name: string) =>
    stat(join(folder, name)).then(
      ({ ino }) => ino,
      () => null,
    )
  const other = await numberOf(report.toUpperCase())
  return other === null || other !== (await numberOf(report))
}
