import { LodgerError } from './errors.js'
import { protocolVersion, version } from './version.js'

/** @typedef {'stopped' | 'preparing' | 'starting' | 'running' | 'paused' | 'stopping'} SessionState */

/**
 * @typedef {object} SessionObject what the daemon tells of a session
 * @property {string} id
 * @property {string} name
 * @property {SessionState} state
 * @property {string | null} reason why it ended or was paused
 * @property {'kvm' | 'tcg' | null} accelerator
 * @property {boolean} display whether the machine has one
 * @property {number[]} ports the guest's ports that the page may open
 */

/**
 * @typedef {object} Progress
 * @property {'downloading' | 'starting'} step
 * @property {number | null} bytes
 * @property {number | null} total in bytes
 * @property {number | null} rate in bytes a second
 * @property {number | null} remaining in seconds
 */

/**
 * @typedef {(
 *   { kind: 'reply', id: number, word: string, body: any } |
 *   { kind: 'problem', id: number | null, error: LodgerError } |
 *   { kind: 'session.changed', session: SessionObject } |
 *   { kind: 'session.forgotten', session: string } |
 *   { kind: 'session.progress', session: string, progress: Progress } |
 *   { kind: 'consent', consent: string, allowed: boolean | null } |
 *   { kind: 'unknown' }
 * )} Message
 */

/** @typedef {Record<string, unknown> & { request: string }} Request */

/**
 * @param {string} request
 * @returns {(session: string) => Request}
 */
const about = (request) => (session) => ({ request, session })

/** The requests of protocol v1, without their `id`. */
export const requests = {
  hello: () => ({ request: 'hello', version: protocolVersion, client: `lodger.js ${version}` }),
  /**
   * @param {string} configuration
   * @param {string | null} [resume]
   */
  open: (configuration, resume) => ({ request: 'session.open', configuration, ...(resume && { resume }) }),
  start: about('session.start'),
  pause: about('session.pause'),
  resume: about('session.resume'),
  stop: about('session.stop'),
  forget: about('session.forget'),
  list: () => ({ request: 'session.list' }),
  displayTicket: about('display.ticket'),
  /**
   * @param {string} session
   * @param {number} port
   */
  portTicket: (session, port) => ({ request: 'port.ticket', session, port }),
}

/**
 * Reads one message of the daemon; throws where it is none.
 *
 * @param {unknown} text
 * @returns {Message}
 */
export function parse(text) {
  const body = parseObject(text)
  if (typeof body.event === 'string') return parseEvent(body)
  if (isObject(body.problem)) {
    return { kind: 'problem', id: typeof body.id === 'number' ? body.id : null, error: problem(body.problem) }
  }
  if (typeof body.reply === 'string' && typeof body.id === 'number') {
    return { kind: 'reply', id: body.id, word: body.reply, body }
  }
  return { kind: 'unknown' }
}

/**
 * The session object in a message, checked.
 *
 * @param {unknown} value
 * @returns {SessionObject}
 */
export function session(value) {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.state !== 'string') throw malformed('session')
  return {
    id: value.id,
    name: typeof value.name === 'string' ? value.name : '',
    state: /** @type {SessionState} */ (value.state),
    reason: typeof value.reason === 'string' ? value.reason : null,
    accelerator: value.accelerator === 'kvm' || value.accelerator === 'tcg' ? value.accelerator : null,
    display: value.display === true,
    ports: Array.isArray(value.ports) ? value.ports.filter((port) => Number.isInteger(port)) : [],
  }
}

/**
 * A string that a message must have.
 *
 * @param {Record<string, unknown>} body
 * @param {string} member
 */
export function string(body, member) {
  const value = body[member]
  if (typeof value !== 'string') throw malformed(member)
  return value
}

/**
 * @param {Record<string, unknown>} body
 * @returns {LodgerError}
 */
function problem(body) {
  return new LodgerError(string(body, 'code'), {
    message: string(body, 'message'),
    hint: typeof body.hint === 'string' ? body.hint : '',
    retryable: body.retryable === true,
    field: typeof body.field === 'string' ? body.field : null,
    after: typeof body.after === 'number' ? body.after : null,
  })
}

/**
 * @param {Record<string, unknown>} body
 * @returns {Message}
 */
function parseEvent(body) {
  switch (body.event) {
    case 'session.changed':
      return { kind: 'session.changed', session: session(body.session) }
    case 'session.forgotten':
      return { kind: 'session.forgotten', session: string(body, 'session') }
    case 'session.progress':
      return { kind: 'session.progress', session: string(body, 'session'), progress: progress(body) }
    case 'consent.pending':
      return { kind: 'consent', consent: string(body, 'consent'), allowed: null }
    case 'consent.decided':
      return { kind: 'consent', consent: string(body, 'consent'), allowed: body.allowed === true }
    default:
      return { kind: 'unknown' }
  }
}

/**
 * @param {Record<string, unknown>} body
 * @returns {Progress}
 */
function progress(body) {
  const number = (/** @type {unknown} */ value) => (typeof value === 'number' ? value : null)
  return {
    step: body.step === 'downloading' ? 'downloading' : 'starting',
    bytes: number(body.bytes),
    total: number(body.total),
    rate: number(body.rate),
    remaining: number(body.remaining),
  }
}

/**
 * @param {unknown} text
 * @returns {Record<string, unknown>}
 */
function parseObject(text) {
  if (typeof text !== 'string') throw malformed('message')
  let body
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new LodgerError('protocol-error', { cause })
  }
  if (!isObject(body)) throw malformed('message')
  return body
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param {string} field */
function malformed(field) {
  return new LodgerError('protocol-error', { field })
}
