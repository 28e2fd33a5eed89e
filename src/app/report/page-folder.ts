import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.js'
import { makeUsersFolder } from '../../base/private-files.js'
import { appError } from '../errors.js'

/** Where pages go. A folder that somebody named is theirs to show, the home's is not. */
export type PageFolder = Readonly<{ path: string; isUsers: boolean }>

export async function makePageFolder(path: string, isUsers: boolean): Promise<void> {
  if (isUsers) await makeUsersFolder(path)
  else await mkdir(path, { recursive: true })
}

/**
 * Makes the folder that a report's pages go to, and finds out whether names in it are told apart by letter case.
 * @throws REPORT_FOLDER_UNWRITABLE
 */
export async function preparePageFolder(
  { path: folder, isUsers }: PageFolder,
  report: string,
): Promise<boolean> {
  try {
    await makePageFolder(join(folder, report), isUsers)
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
