import { defineDiagnostics } from '../../domain/diagnostic.js'

/** TypeScript files, as far as they can be judged without running them. */
export const codeDiagnostic = defineDiagnostics({
  CODE_SYNTAX: {
    message: (p: { detail: string }) => `The code cannot be read: ${p.detail.replace(/\.$/, '')}.`,
    hint: () => 'The message is the compiler’s own; look just before the place it names.',
  },
  CODE_IMPORT_MISSING: {
    message: (p: { path: string }) => `The import "${p.path}" leads nowhere.`,
    hint: () => 'Relative imports start from the file they stand in; end them in .js or .ts.',
  },
  CODE_NO_DEFAULT_EXPORT: {
    message: () => 'The file has no default export, so there is nothing to run.',
    hint: () => 'Write: export default async function* (ctx) { … }.',
  },
})
