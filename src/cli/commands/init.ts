import { relative } from 'node:path'
import { initProject } from '../../app/init-project.js'
import type { CommandContext } from '../context.js'
import { EXIT } from '../exit-code.js'

export async function init({ terminal, options }: CommandContext, folder: string): Promise<number> {
  const made = await initProject(folder)
  if (options.json) {
    terminal.out(JSON.stringify(made))
    return EXIT.done
  }
  const near = relative('.', made.root) || '.'
  const shown = near.startsWith('..') ? made.root : near
  for (const file of made.files) terminal.out(`  ${shown}/${file}`)
  terminal.out(`\nNext: millrace run --project ${shown.includes(' ') ? `'${shown}'` : shown}`)
  return EXIT.done
}
