import { redeem } from './channel.js'
import { abortable, LodgerError, throwIfAborted } from './errors.js'
import { typedEventTarget } from './events.js'
import { encodeRequest, readResponse } from './http.js'
import { portStreams } from './streams.js'
import { requests, session as parseSession, string } from './wire.js'

/** @typedef {import('./wire.js').SessionObject} SessionObject */
/** @typedef {import('./wire.js').Progress} Progress */

/**
 * @typedef {object} SessionEvents
 * @property {SessionObject} change the state or another property has changed
 * @property {Progress} progress
 * @property {{ reason: string | null, problem: LodgerError | null }} ended nothing runs any more
 */

/**
 * What a session needs of its agent.
 *
 * @typedef {object} SessionHost
 * @property {(body: import('./wire.js').Request, signal?: AbortSignal) => Promise<any>} request
 * @property {(path: string, protocol: string) => import('./helper/socket.js').SocketLike} openSocket
 * @property {() => Promise<void>} defineDisplay
 * @property {(session: Session) => void} forgotten
 */

/**
 * What only the agent does to a session.
 *
 * @typedef {object} SessionControls
 * @property {(object: SessionObject) => void} update the daemon says something new of it
 * @property {(progress: Progress) => void} progressed
 * @property {() => void} detach the connection is lost; requests wait until a new one knows the session
 * @property {(object: SessionObject) => void} reattach the connection knows the session again
 * @property {(problem: LodgerError | null) => void} lose it is gone for good
 */

/** @type {(session: Session) => SessionControls} */
export let controlsOf

const SessionEventTarget = /** @type {import('./events.js').TypedEventTarget<SessionEvents>} */ (typedEventTarget)

/**
 * A machine of this site on the visitor's computer, running or not.
 */
export class Session extends SessionEventTarget {
  #host
  /** @type {SessionObject} */
  #object
  /** @type {Progress | null} */
  #progress = null
  /** @type {LodgerError | null} */
  #problem = null
  /**
   * Settled when this connection knows the session.
   *
   * @type {Promise<void>}
   */
  #attached = Promise.resolve()
  /** @type {(() => void) | null} */
  #attach = null
  #forgotten = false
  #starting = false

  /**
   * Settles when the start that `open` began has; fails as it did.
   *
   * @type {Promise<void>}
   */
  started = Promise.resolve()

  /**
   * @param {SessionHost} host
   * @param {string} configuration
   * @param {SessionObject} object
   */
  constructor(host, configuration, object) {
    super()
    this.#host = host
    this.#object = object
    /**
     * The address of the configuration.
     *
     * @readonly
     */
    this.configuration = configuration
  }

  get id() {
    return this.#object.id
  }

  get name() {
    return this.#object.name
  }

  get state() {
    return this.#object.state
  }

  /** Why it ended or was paused. */
  get reason() {
    return this.#object.reason
  }

  /** `kvm`, or `tcg` for slow software emulation. */
  get accelerator() {
    return this.#object.accelerator
  }

  /** Whether the machine has a display. */
  get display() {
    return this.#object.display
  }

  /** The guest's ports that may be opened. */
  get ports() {
    return this.#object.ports
  }

  /** How far the start is, while it goes on. */
  get progress() {
    return this.#progress
  }

  /** What the last start failed of, or why the session is lost. */
  get problem() {
    return this.#problem
  }

  /** Whether the session is gone for good. */
  get forgotten() {
    return this.#forgotten
  }

  /** @param {{ signal?: AbortSignal }} [options] */
  start(options) {
    this.#problem = null
    this.#starting = true
    this.started = this.#command(requests.start(this.id), options).finally(() => (this.#starting = false))
    this.started.catch((error) => this.#startFailed(error))
    return this.started
  }

  /** @param {{ signal?: AbortSignal }} [options] */
  pause(options) {
    return this.#command(requests.pause(this.id), options)
  }

  /** @param {{ signal?: AbortSignal }} [options] */
  resume(options) {
    return this.#command(requests.resume(this.id), options)
  }

  /**
   * Asks the guest to switch off, waits, then switches it off.
   *
   * @param {{ signal?: AbortSignal }} [options]
   */
  stop(options) {
    return this.#command(requests.stop(this.id), options)
  }

  /**
   * Stops the machine and drops the session with its disks.
   *
   * @param {{ signal?: AbortSignal }} [options]
   */
  async forget(options) {
    await this.#request(requests.forget(this.id), options?.signal)
    this.#host.forgotten(this)
  }

  /**
   * Opens a viewer: RFB in a channel that has the shape of a `WebSocket`.
   *
   * @param {{ signal?: AbortSignal }} options
   */
  async openDisplay({ signal } = {}) {
    const ticket = string(await this.#request(requests.displayTicket(this.id), signal), 'ticket')
    return redeem(this.#host.openSocket('/display', 'lodger.display.v1'), ticket, signal)
  }

  /**
   * Connects to a port of the guest.
   *
   * @param {number} port
   * @param {{ signal?: AbortSignal | undefined }} options
   */
  async openPort(port, { signal } = {}) {
    const ticket = string(await this.#request(requests.portTicket(this.id, port), signal), 'ticket')
    const streams = portStreams(await redeem(this.#host.openSocket('/port', 'lodger.port.v1'), ticket, signal))
    signal?.addEventListener('abort', () => void streams.writable.abort().catch(() => {}), { once: true })
    return streams
  }

  /**
   * Asks an HTTP server in the guest and gives its answer.
   *
   * @param {number} port
   * @param {string} path
   * @param {import('./http.js').GuestRequest} options
   * @returns {Promise<Response>}
   */
  async request(port, path, options = {}) {
    const { signal } = options
    const bytes = encodeRequest(path, options)
    const { readable, writable } = await this.openPort(port, { signal })
    const writer = writable.getWriter()
    // A guest that answers early may leave the rest of the request unread.
    writer.write(bytes).catch(() => {})
    return abortable(readResponse(readable, options), signal)
  }

  /**
   * Shows the machine in an element and loads what that needs.
   *
   * @param {HTMLElement} element a `<lodger-display>`
   */
  async show(element) {
    await this.#host.defineDisplay()
    const display = /** @type {HTMLElement & { session: Session }} */ (element)
    display.session = this
  }

  /**
   * @param {import('./wire.js').Request} body
   * @param {{ signal?: AbortSignal }} [options]
   */
  async #command(body, options) {
    const reply = await this.#request(body, options?.signal)
    this.#update(parseSession(reply.session))
  }

  /**
   * @param {import('./wire.js').Request} body
   * @param {AbortSignal} [signal]
   */
  async #request(body, signal) {
    throwIfAborted(signal)
    await abortable(this.#attached, signal)
    if (this.#forgotten) throw this.#problem ?? new LodgerError('session-unknown', { message: 'The session is gone.' })
    return this.#host.request(body, signal)
  }

  /** @param {unknown} error */
  #startFailed(error) {
    // Aborted or cut off: the machine may well come up, and then the session changes.
    if (!(error instanceof LodgerError) || error.code === 'aborted' || error.code === 'connection-lost') return
    this.#problem = error
    this.#emit('ended', { reason: this.reason, problem: error })
  }

  /** @param {SessionObject} object */
  #update(object) {
    const before = this.#object
    this.#object = object
    if (!['preparing', 'starting'].includes(object.state)) this.#progress = null
    if (JSON.stringify(before) === JSON.stringify(object)) return
    this.#emit('change', object)
    const told = this.#starting && object.reason === 'start-failed'
    if (object.state === 'stopped' && before.state !== 'stopped' && !told) {
      this.#emit('ended', { reason: object.reason, problem: null })
    }
  }

  #detach() {
    if (this.#attach || this.#forgotten) return
    this.#attached = new Promise((resolve) => (this.#attach = resolve))
  }

  /** @param {LodgerError | null} problem */
  #lose(problem) {
    if (this.#forgotten) return
    this.#forgotten = true
    this.#problem = problem
    this.#object = { ...this.#object, state: 'stopped', accelerator: null }
    this.#release()
    this.#emit('change', this.#object)
    this.#emit('ended', { reason: this.reason, problem })
  }

  #release() {
    this.#attach?.()
    this.#attach = null
  }

  /**
   * @template {keyof SessionEvents} K
   * @param {K} type
   * @param {SessionEvents[K]} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }

  static {
    controlsOf = (session) => ({
      update: (object) => session.#update(object),
      progressed(progress) {
        session.#progress = progress
        session.#emit('progress', progress)
      },
      detach: () => session.#detach(),
      reattach(object) {
        session.#release()
        session.#update(object)
      },
      lose: (problem) => session.#lose(problem),
    })
  }
}
