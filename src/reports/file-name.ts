import { createHash } from 'node:crypto'

const HEX_DIGITS = 32
/** Leaves room for the suffixes that files get while they are written; most file systems take 255 bytes. */
const LONGEST = 120
/** Names that Windows keeps for devices. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * A tenant's id as the name of one folder. Letters, digits, `-`, `_` and dots inside stay; every other byte is `%xx`.
 * So are capital letters where the file system does not tell `Acme` from `acme`. Different ids always have different
 * names, and none leads elsewhere.
 */
export function folderName(tenant: string, tellsCase: boolean): string {
  if (tenant === '') return '%'
  const plain = tellsCase ? /[A-Za-z0-9_.-]/ : /[a-z0-9_.-]/
  const encoded = [...Buffer.from(tenant)].map((byte) => byteName(byte, plain)).join('')
  const name = encoded.replace(/^\.|\.$/g, '%2e')
  const safe = DEVICES.test(name) ? `%${hex(name.charCodeAt(0))}${name.slice(1)}` : name
  return safe.length <= LONGEST ? safe : shortened(safe, tenant)
}

function byteName(byte: number, plain: RegExp): string {
  const letter = String.fromCharCode(byte)
  return plain.test(letter) ? letter : `%${hex(byte)}`
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')

/** `%-` is no encoded byte, so a shortened name is never another's full one. */
function shortened(name: string, tenant: string): string {
  const digest = createHash('sha256').update(tenant).digest('hex').slice(0, HEX_DIGITS)
  return `${name.slice(0, LONGEST - HEX_DIGITS - 2)}%-${digest}`
}

export type PageName = Readonly<{ report: string; tenant: string | null; period: string }>

/** Where a report of one tenant and period lies below the output folder: `weekly/acme/2024-W05.html`. */
export function reportFile({ report, tenant, period }: PageName, tellsCase: boolean): string {
  return [report, ...(tenant === null ? [] : [folderName(tenant, tellsCase)]), `${period}.html`].join('/')
}
