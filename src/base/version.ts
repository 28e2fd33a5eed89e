import { readFileSync } from 'node:fs'

/** The version of this Millrace, such as `0.1.0`. */
export function millraceVersion(): string {
  // The package's own file, two folders above both `src/base/` and `dist/base/`.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
