import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.js'
import { serverError } from '../errors.js'

export const tokenPath = (home: string): string => join(home, 'token')

/** 32 random bytes in base64url. */
const TOKEN = /^[\w-]{43}$/
const ONLY_OWNER = 0o600

/** The project's token, made at the first call. Only the account that owns the file may read it. @throws TOKEN_UNUSABLE */
export async function ensureToken(home: string): Promise<string> {
  const path = tokenPath(home)
  try {
    await mkdir(home, { recursive: true })
    return await keptToken(home, path)
  } catch (cause) {
    throw serverError('TOKEN_UNUSABLE', { path, reason: messageOf(cause) }, { cause })
  }
}

async function keptToken(home: string, path: string): Promise<string> {
  const fresh = randomBytes(32).toString('base64url')
  try {
    await writeFile(path, `${fresh}\n`, { mode: ONLY_OWNER, flag: 'wx' })
    return fresh
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  await chmod(path, ONLY_OWNER)
  const known = await readToken(home)
  if (known !== null) return known
  // An empty or cut file, of a machine that stopped while it was written: a token nobody can have.
  await writeFile(path, `${fresh}\n`, { mode: ONLY_OWNER })
  return fresh
}

/** Null where there is none. */
export async function readToken(home: string): Promise<string | null> {
  const text = await readFile(tokenPath(home), 'utf8').catch(() => '')
  return TOKEN.test(text.trim()) ? text.trim() : null
}

/** Compares in a time that says nothing about where the two differ, nor how long the token is. */
export function sameToken(given: string, token: string): boolean {
  return timingSafeEqual(sha256(given), sha256(token))
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * What only somebody with the token can answer to `nonce`. A client asks for it before it sends the token, so that a
 * program which took a dead server's port learns nothing.
 */
export function proofOf(token: string, nonce: string): string {
  return createHmac('sha256', token).update(`millrace server ${nonce}`).digest('hex')
}
