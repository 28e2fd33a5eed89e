import { fileURLToPath } from 'node:url'

/**
 * Path of a compiled module beside `from`, for worker threads and processes. Tests run from `src/`, where
 * Node cannot load TypeScript, so `src/` becomes `dist/`.
 */
export function compiledPath(from: string, relative: string): string {
  return fileURLToPath(new URL(relative, from)).replace(/([\\/])src([\\/])(?!.*[\\/]src[\\/])/, '$1dist$2')
}
