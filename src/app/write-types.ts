import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeUsersFolder, writeUsersFile } from '../base/private-files.js'
import { authorTsconfig, authorTypes } from '../project/types/author-types.js'
import { bindProject } from './load.js'
import { knownColumns } from './plan-project.js'
import type { Session } from './session.js'

/** Writes the types of every asset's rows for authors of TypeScript assets; columns come from the engine. */
export async function writeTypes(session: Session): Promise<readonly string[]> {
  const { project } = session.loaded
  const states = await (await session.services.store()).assetStates()
  const columns = await bindProject(session.loaded, await knownColumns(session, async () => states))
  const config = authorTsconfig()
  const files = [
    ...authorTypes(project, columns),
    // An author's own settings are never touched.
    ...(existsSync(join(project.root, config.file)) ? [] : [config]),
  ]
  for (const { file, text } of files) {
    const path = join(project.root, file)
    await makeUsersFolder(dirname(path))
    await writeUsersFile(path, text)
  }
  return files.map(({ file }) => file)
}
