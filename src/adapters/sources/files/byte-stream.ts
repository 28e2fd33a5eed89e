import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { Decompress } from 'fzstd'
import { messageOf } from '../../../base/errors.js'

export type Compression = 'none' | 'gzip' | 'zstd'

/** What a file turned out to be, besides its bytes. */
export type ByteForm = Readonly<{ compression: Compression; encoding: string; bomBytes: number }>

const CHUNK_BYTES = 1 << 20
const HEAD_BYTES = 64 << 10

/** Looks at the first bytes: how the file is packed, and how its text is written. `declared` wins over a guess. */
export async function byteForm(path: string, declared: string | undefined): Promise<ByteForm> {
  const start = await firstOf(path, 6)
  refuseArchives(start)
  const compression = compressionOf(start)
  const head = await firstBytes(path, compression)
  const marked = byteOrderMark(head)
  if (marked) return { compression, ...marked }
  return { compression, encoding: declared ?? guessEncoding(head), bomBytes: 0 }
}

async function firstOf(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** How files begin that people take for text, and what to do with them. */
const ARCHIVES: readonly [start: string, what: string][] = [
  ['PK\x03\x04', 'a zip archive or a spreadsheet; unpack it, or save it as CSV'],
  ['\xd0\xcf\x11\xe0', 'an old spreadsheet; save it as CSV'],
  ['BZh91A', 'packed with bzip2; unpack it, or pack it with gzip or zstd'],
  ['\xfd7zXZ', 'packed with xz; unpack it, or pack it with gzip or zstd'],
  ['7z\xbc\xaf', 'a 7z archive; unpack it'],
]

function refuseArchives(start: Buffer): void {
  const text = start.toString('latin1')
  const archive = ARCHIVES.find(([magic]) => text.startsWith(magic))
  if (archive) throw new Error(`it is ${archive[1]}`)
}

function compressionOf(head: Buffer): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  return head.length >= 4 && head.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'none'
}

function byteOrderMark(head: Buffer): { encoding: string; bomBytes: number } | null {
  if (head.length >= 4 && (head.readUInt32LE() === 0xfeff || head.readUInt32BE() === 0xfeff))
    throw new Error('it is written in UTF-32; save it as UTF-8')
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bomBytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bomBytes: 2 }
  return head[0] === 0xfe && head[1] === 0xff ? { encoding: 'utf-16be', bomBytes: 2 } : null
}

/** Text that is mostly ASCII shows UTF-16 by a zero in every second byte. */
function guessEncoding(head: Buffer): string {
  const sample = head.subarray(0, 1024)
  if (sample.length < 4) return 'utf-8'
  let even = 0
  let odd = 0
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) at % 2 === 0 ? even++ : odd++
  if (odd > sample.length / 4 && even === 0) return 'utf-16le'
  return even > sample.length / 4 && odd === 0 ? 'utf-16be' : 'utf-8'
}

async function firstBytes(path: string, compression: Compression): Promise<Buffer> {
  for await (const chunk of unpacked(path, compression, HEAD_BYTES)) return chunk.subarray(0, HEAD_BYTES)
  return Buffer.alloc(0)
}

/** The file's text as UTF-8, unpacked and without a byte order mark. Bytes that are UTF-8 already are not looked at. */
export async function* utf8Bytes(path: string, form: ByteForm): AsyncGenerator<Buffer> {
  if (form.encoding === 'utf-8') {
    let toSkip = form.bomBytes
    for await (const chunk of unpacked(path, form.compression, CHUNK_BYTES)) {
      yield chunk.subarray(Math.min(toSkip, chunk.length))
      toSkip = Math.max(0, toSkip - chunk.length)
    }
    return
  }
  const decoder = new TextDecoder(form.encoding)
  for await (const chunk of unpacked(path, form.compression, CHUNK_BYTES))
    yield Buffer.from(decoder.decode(chunk, { stream: true }))
  const last = decoder.decode()
  if (last !== '') yield Buffer.from(last)
}

async function* unpacked(path: string, compression: Compression, size: number): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: size })
  try {
    switch (compression) {
      case 'none':
        yield* file as AsyncIterable<Buffer>
        return
      case 'gzip': {
        const gunzip = createGunzip({ chunkSize: size })
        file.on('error', (error) => gunzip.destroy(error))
        yield* file.pipe(gunzip) as AsyncIterable<Buffer>
        return
      }
      case 'zstd':
        yield* unzstd(file)
        return
    }
  } catch (cause) {
    throw isOfDisk(cause) ? cause : new PackingError(compression, cause)
  } finally {
    file.destroy()
  }
}

/** An error of the disk, not of what the file holds. */
export const isOfDisk = (cause: unknown): boolean => cause instanceof Error && 'syscall' in cause

/** A packed file that cannot be unpacked. `isCutOff`: more bytes may make it whole. */
export class PackingError extends Error {
  readonly isCutOff: boolean
  constructor(compression: Compression, cause: unknown) {
    const isCutOff = /unexpected (end of file|EOF)/i.test(messageOf(cause))
    super(isCutOff ? `its ${compression} is cut off` : `its ${compression} is damaged: ${messageOf(cause)}`, {
      cause,
    })
    this.isCutOff = isCutOff
  }
}

/** Node 20 has no zstd of its own. */
async function* unzstd(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let ready: Buffer[] = []
  const decompress = new Decompress((chunk) => ready.push(Buffer.from(chunk)))
  for await (const chunk of file) {
    decompress.push(chunk)
    yield* ready
    ready = []
  }
  decompress.push(new Uint8Array(0), true)
  yield* ready
}
