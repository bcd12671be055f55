import { LodgerError } from './errors.js'

/**
 * @typedef {object} GuestRequest
 * @property {string} [method]
 * @property {Record<string, string>} [headers]
 * @property {string | Uint8Array} [body]
 * @property {number} [limit] bytes of the answer's body that are taken; 16 MiB unless told
 * @property {AbortSignal} [signal]
 */

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
const maximumHead = 64 * 1024

/**
 * The bytes of an HTTP/1.1 request after which the connection ends.
 *
 * @param {string} path
 * @param {GuestRequest} options
 * @returns {Uint8Array}
 */
export function encodeRequest(path, { method = 'GET', headers = {}, body }) {
  if (!token.test(method)) throw new LodgerError('argument-invalid', { field: 'method' })
  if (!/^\/[\x21-\x7e]*$/.test(path)) throw new LodgerError('argument-invalid', { field: 'path' })
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const lines = [`${method} ${path} HTTP/1.1`]
  const fields = new Map([['host', 'guest'], ['accept', '*/*']])
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || !fieldValue.test(value)) throw new LodgerError('argument-invalid', { field: `headers.${name}` })
    fields.set(name.toLowerCase(), value)
  }
  if (bytes) fields.set('content-length', String(bytes.length))
  fields.set('connection', 'close')
  for (const [name, value] of fields) lines.push(`${name}: ${value}`)
  const head = Uint8Array.from(`${lines.join('\r\n')}\r\n\r\n`, (character) => character.charCodeAt(0))
  return bytes ? concatenate([head, bytes]) : head
}

/**
 * Reads one answer: its body is as long as `Content-Length` or the chunks say, or until the guest ends the stream.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {{ method?: string, limit?: number }} options
 * @returns {Promise<Response>}
 */
export async function readResponse(stream, { method = 'GET', limit = 16 * 1024 * 1024 } = {}) {
  const source = new ByteSource(stream.getReader())
  try {
    let head = await readHead(source)
    while (head.status < 200) head = await readHead(source)
    const bodiless = method === 'HEAD' || head.status === 204 || head.status === 205 || head.status === 304
    const body = bodiless ? null : await readBody(source, head.headers, limit)
    return new Response(body, { status: head.status, statusText: head.statusText, headers: head.headers })
  } finally {
    await source.cancel()
  }
}

/** Takes lines and runs of bytes from a stream. */
class ByteSource {
  #reader
  #buffer = new Uint8Array(0)
  #ended = false

  /** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
  constructor(reader) {
    this.#reader = reader
  }

  /**
   * A line of at most so many bytes, without its end.
   *
   * @param {number} limit
   */
  async line(limit) {
    let searched = 0
    for (;;) {
      const end = this.#buffer.indexOf(10, searched)
      if (end > limit || (end < 0 && this.#buffer.length > limit)) throw new LodgerError('response-invalid')
      if (end >= 0) return latin1(this.#take(end + 1)).replace(/\r?\n$/, '')
      searched = this.#buffer.length
      if (!(await this.#more())) throw new LodgerError('response-cut')
    }
  }

  /** @param {number} count */
  async bytes(count) {
    /** @type {Uint8Array[]} */
    const parts = []
    for (let missing = count; missing > 0; ) {
      if (this.#buffer.length === 0 && !(await this.#more())) throw new LodgerError('response-cut')
      const part = this.#take(Math.min(missing, this.#buffer.length))
      parts.push(part)
      missing -= part.length
    }
    return concatenate(parts)
  }

  /**
   * Everything until the end.
   *
   * @param {number} limit
   */
  async rest(limit) {
    /** @type {Uint8Array[]} */
    const parts = []
    let length = 0
    do {
      length += this.#buffer.length
      if (length > limit) throw new LodgerError('response-too-large')
      parts.push(this.#take(this.#buffer.length))
    } while (await this.#more())
    return concatenate(parts)
  }

  async cancel() {
    // The answer is complete, or the failure is known already: how the stream ends says nothing new.
    await this.#reader.cancel().catch(() => {})
  }

  /** @param {number} count */
  #take(count) {
    const taken = this.#buffer.subarray(0, count)
    this.#buffer = this.#buffer.subarray(count)
    return taken
  }

  async #more() {
    if (this.#ended) return false
    const { done, value } = await this.#reader.read()
    if (done) this.#ended = true
    else this.#buffer = this.#buffer.length ? concatenate([this.#buffer, value]) : value
    return !done
  }
}

/** @param {ByteSource} source */
async function readHead(source) {
  const match = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(await source.line(maximumHead))
  const status = Number(match?.[1])
  if (!match || status < 100 || status > 599) throw new LodgerError('response-invalid')
  const headers = new Headers()
  let left = maximumHead
  for (;;) {
    const line = await source.line(left)
    if (line === '') return { status, statusText: match[2] ?? '', headers }
    left -= line.length
    const colon = line.indexOf(':')
    if (colon < 1) throw new LodgerError('response-invalid')
    try {
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
    } catch (cause) {
      throw new LodgerError('response-invalid', { cause })
    }
  }
}

/**
 * @param {ByteSource} source
 * @param {Headers} headers
 * @param {number} limit
 */
async function readBody(source, headers, limit) {
  const coding = headers.get('transfer-encoding')
  if (coding !== null) {
    if (coding.toLowerCase() !== 'chunked') throw new LodgerError('response-invalid')
    return readChunks(source, limit)
  }
  const length = headers.get('content-length')
  if (length === null) return source.rest(limit)
  if (!/^\d{1,15}$/.test(length)) throw new LodgerError('response-invalid')
  if (Number(length) > limit) throw new LodgerError('response-too-large')
  return source.bytes(Number(length))
}

/**
 * @param {ByteSource} source
 * @param {number} limit
 */
async function readChunks(source, limit) {
  /** @type {Uint8Array[]} */
  const parts = []
  let total = 0
  for (;;) {
    const match = /^([0-9a-fA-F]{1,8})\s*(?:;.*)?$/.exec(await source.line(1024))
    if (!match) throw new LodgerError('response-invalid')
    const size = parseInt(/** @type {string} */ (match[1]), 16)
    total += size
    if (total > limit) throw new LodgerError('response-too-large')
    if (size === 0) break
    parts.push(await source.bytes(size))
    if ((await source.line(2)) !== '') throw new LodgerError('response-invalid')
  }
  while ((await source.line(maximumHead)) !== '') {
    // Trailers say nothing that a page needs.
  }
  return concatenate(parts)
}

/** @param {Uint8Array[]} parts */
function concatenate(parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

/** @param {Uint8Array} bytes */
function latin1(bytes) {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
