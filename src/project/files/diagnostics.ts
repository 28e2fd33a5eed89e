import { defineDiagnostics } from '../../domain/diagnostic.js'

const UNREADABLE = {
  rights: { what: 'its rights forbid it', next: 'Let the account that runs Millrace read it.' },
  missing: { what: 'there is none, or a link to nothing', next: 'Restore the file, or remove the link.' },
  loop: { what: 'its link leads back to itself', next: 'Remove the link.' },
  special: { what: 'it is no ordinary file', next: 'Put a text file there, or remove it.' },
} as const
export type UnreadableReason = keyof typeof UNREADABLE

const HEADER_HINTS = {
  nothing: 'Begin it with a comment: /* @asset description: what a row is */',
  lines: 'Put it into one comment: /* @asset … */. Comments of single lines hold no header.',
  misspelled: 'Begin the comment with @asset, in small letters: /* @asset … */',
} as const
export type HeaderLike = keyof typeof HEADER_HINTS

/** Files under assets/: their names, their encoding, their headers. */
export const fileDiagnostic = defineDiagnostics({
  FILE_NOT_UTF8: {
    message: () => 'The file is not UTF-8.',
    hint: () => 'Save it as UTF-8, without a byte order mark.',
  },
  FILE_BYTE_ORDER_MARK: {
    severity: 'warning',
    message: () => 'The file begins with a byte order mark, which is left out.',
    hint: () => 'Save it as UTF-8 without a byte order mark.',
  },
  FILE_NUL: {
    message: () => 'The file holds a NUL character, which no text does.',
    hint: () => 'Save it as UTF-8 text.',
  },
  FILE_EMPTY: {
    message: (_: { example: string }) => 'The file is empty.',
    hint: (p: { example: string }) => `Begin with ${p.example}.`,
  },
  FILE_UNREADABLE: {
    message: (p: { reason: UnreadableReason }) => `The file cannot be read: ${UNREADABLE[p.reason].what}.`,
    hint: (p: { reason: UnreadableReason }) => UNREADABLE[p.reason].next,
  },
  FOLDER_LINKED: {
    severity: 'warning',
    message: () => 'A folder that is a link is passed over: no asset below it is read.',
    hint: () => 'Put the folder itself here, or link the files in it one by one.',
  },
  ASSETS_MISSING: {
    message: () => 'The project has no assets.',
    hint: () => 'Put one file for each table under assets/, for example assets/staging/readings.sql.',
  },
  ASSET_UNSUPPORTED: {
    message: (p: { what: string }) => `${p.what} assets are not supported by this version yet.`,
    hint: () => 'Write it in SQL or TypeScript, or move the file out of assets/.',
  },
  ASSET_FILE_TYPE: {
    severity: 'warning',
    message: (p: { extension: string }) => `A file ending in ${p.extension} is no asset, and is passed over.`,
    hint: () => 'Assets are .sql, .ts and .yaml files. Move it out of assets/, or put _ before its name.',
  },
  ASSET_NO_SCHEMA: {
    message: (p: { file: string }) => `${p.file} has no schema: it stands directly in assets/.`,
    hint: (p: { file: string }) =>
      `Put it in a folder named as its schema: assets/staging/${p.file.replace(/^.*\//, '')}.`,
  },
  ASSET_TOO_DEEP: {
    message: (p: { file: string }) => `${p.file} stands too deep: a name has a schema and a table, no more.`,
    hint: (p: { file: string }) =>
      `Move it to assets/${p.file.split('/').slice(1, 2)}/${p.file
        .split('/')
        .slice(2)
        .join('_')
        .replace(/\.(?=.*\.)/g, '_')}.`,
  },
  ASSET_NAME: {
    message: (p: { name: string; part: string }) => `"${p.name}" cannot be the name of a ${p.part}.`,
    hint: (p: { name: string }) =>
      `Use small letters, digits and underscores, beginning with a letter${suggestion(p.name)}.`,
  },
  ASSET_SCHEMA_RESERVED: {
    message: (p: { schema: string }) => `The schema "${p.schema}" is not yours to use.`,
    hint: () => 'Rename the folder; raw, staging and marts are usual names.',
  },
  ASSET_TWICE: {
    message: (p: { asset: string; other: string }) => `${p.asset} is made by ${p.other} already.`,
    hint: () => 'Rename or remove one of the two files.',
  },
  ASSET_CASE: {
    message: (p: { name: string; other: string }) =>
      `"${p.name}" differs from ${p.other} by letter case only.`,
    hint: () => 'SQL takes them for one name. Rename one of the two files.',
  },
  HEADER_MISSING: {
    message: (_: { instead: HeaderLike }) => 'The file has no header.',
    hint: (p: { instead: HeaderLike }) => HEADER_HINTS[p.instead],
  },
  HEADER_NOT_FIRST: {
    message: () => 'The header is not the first thing in the file.',
    hint: () => 'Move /* @asset … */ to the top.',
  },
  HEADER_NOT_CLOSED: {
    message: () => 'The header’s comment is never closed.',
    hint: () => 'End it with */ on a line of its own.',
  },
  HEADER_CUT: {
    message: () => 'In TypeScript this */ ends the comment, and with it the header.',
    hint: () => "Write the step with its range: '0-59/15 * * * *' instead of '*/15 * * * *'.",
  },
  HEADER_EMPTY: {
    message: () => 'The header says nothing.',
    hint: () => 'Say at least what a row is: "description: Door counts per washroom and hour".',
  },
})

function suggestion(name: string): string {
  const proper = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^[^a-z]+/, '')
  return proper === '' || proper === name ? '' : `: ${proper}`
}
