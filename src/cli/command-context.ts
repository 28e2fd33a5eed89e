import type { Terminal } from './output/terminal.js'

/** Options every command takes. */
export type GlobalOptions = Readonly<{ project: string; env: string; json: boolean }>

export type CommandContext = Readonly<{
  terminal: Terminal
  options: GlobalOptions
  /** The environment variables, read once in main. */
  env: Readonly<Record<string, string | undefined>>
  /** The words that started the command, for the record of runs. */
  words: string
}>

/** What a command needs of a project that a server keeps open while somebody edits it. */
export type Wanted = Readonly<{
  /** The files as they are now: a mistake in them ends the command. Otherwise the last good project will do. */
  filesAsTheyAre: boolean
}>
