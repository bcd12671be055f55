import { Connection } from './connection.js'
import { loadDisplay } from './display-module.js'
import { browserEnvironment } from './environment.js'
import { abortable, LodgerError, throwIfAborted } from './errors.js'
import { typedEventTarget } from './events.js'
import { controlsOf, Session } from './session.js'
import { pageStorage, SessionMemory } from './storage.js'
import { requests, session as parseSession } from './wire.js'

/** @typedef {import('./machine.js').ConnectionState} ConnectionState */

/**
 * @typedef {object} AgentEvents
 * @property {{ state: ConnectionState, problem: LodgerError | null }} state
 * @property {{ consent: string, pending: boolean, allowed: boolean | null }} consent the owner is asked, or has answered
 */

/**
 * @typedef {object} OpenOptions
 * @property {string | URL} configuration the address of the signed configuration
 * @property {boolean} [start] whether to start the machine too; yes unless told
 * @property {boolean} [wait] whether to wait while only the visitor can help, as in `not-installed`; yes unless told
 * @property {AbortSignal} [signal]
 * @property {(state: ConnectionState, problem: LodgerError | null) => void} [onstate] called at once and at each change
 */

const AgentEventTarget = /** @type {import('./events.js').TypedEventTarget<AgentEvents>} */ (typedEventTarget)

/**
 * The daemon on the visitor's computer, as this page sees it.
 */
export class Agent extends AgentEventTarget {
  #environment
  #connection
  #memory
  /** @type {Map<string, Session>} */
  #sessions = new Map()
  #opening = 0

  /**
   * @param {object} options
   * @param {number} [options.port]
   * @param {import('./storage.js').TokenStorage} [options.storage] where resume tokens are kept
   * @param {import('./environment.js').Environment} [options.environment] what the browser offers
   */
  constructor({ port = 5624, storage, environment = browserEnvironment() } = {}) {
    super()
    this.#environment = environment
    this.#memory = new SessionMemory(storage ?? pageStorage())
    this.#connection = new Connection(environment, port, {
      onstate: () => this.#stateChanged(),
      onready: () => void this.#reattach(),
      onmessage: (message) => this.#receive(message),
    })
  }

  /** How far the connection is. */
  get state() {
    return this.#connection.state
  }

  /** What is wrong in this state: a sentence and what to do. */
  get problem() {
    return this.#connection.problem
  }

  /** The daemon's version, once it has said hello. */
  get daemonVersion() {
    return this.#connection.daemon
  }

  /** The origin that the daemon takes this page for. */
  get site() {
    return this.#connection.site
  }

  /** The address for a link that starts the daemon where it is installed; see `launched`. */
  get startLink() {
    return 'lodger:start'
  }

  /**
   * Connects, and waits until the daemon can be talked to.
   *
   * @param {{ signal?: AbortSignal | undefined, wait?: boolean | undefined }} [options]
   */
  connect(options) {
    return this.#connection.ready(options)
  }

  /**
   * Opens the session of a configuration: the first time the owner is asked.
   *
   * @param {OpenOptions} options
   * @returns {Promise<Session>}
   */
  async open({ configuration, start = true, wait = true, signal, onstate }) {
    throwIfAborted(signal)
    const address = this.#resolve(configuration)
    if (onstate) this.#tellStates(onstate, signal)
    await this.#connection.ready({ signal, wait })
    const session = await this.#openSession(address, signal)
    if (start && session.state === 'stopped') session.start().catch(() => {})
    return session
  }

  /**
   * The session that this page, before it was loaded again, has opened for a configuration; null where there is none
   * any more. Neither the owner nor, where nothing was opened before, the browser's user is asked.
   *
   * @param {Omit<OpenOptions, 'start'>} options
   * @returns {Promise<Session | null>}
   */
  async find({ configuration, wait = true, signal, onstate }) {
    throwIfAborted(signal)
    const address = this.#resolve(configuration)
    const kept = this.#memory.get(address)
    if (!kept) return null
    if (onstate) this.#tellStates(onstate, signal)
    await this.#connection.ready({ signal, wait })
    const lives = (await this.list({ signal })).some(({ id }) => id === kept.session)
    return lives ? this.#openSession(address, signal) : null
  }

  /**
   * The sessions of this site that the daemon knows.
   *
   * @param {{ signal?: AbortSignal }} options
   */
  async list({ signal } = {}) {
    const reply = await this.request(requests.list(), signal)
    return /** @type {unknown[]} */ (reply.sessions).map(parseSession)
  }

  /** Opens the daemon's window beside the page, for browsers that need it; to be called from a click. */
  openHelperWindow() {
    return this.#connection.openHelperWindow()
  }

  /** To be called when the visitor has followed `startLink`: looks for the daemon more often for a while. */
  launched() {
    this.#connection.launched()
  }

  /** Tries to connect now, as after the visitor has changed the browser's settings. */
  retry() {
    this.#connection.retry()
  }

  /** Ends the connection for good; machines go on as their configurations say. */
  close() {
    this.#connection.close()
  }

  /**
   * For sessions.
   *
   * @param {import('./wire.js').Request} body
   * @param {AbortSignal} [signal]
   */
  async request(body, signal) {
    await this.#connection.ready({ signal })
    return abortable(this.#connection.request(body), signal)
  }

  /**
   * For sessions.
   *
   * @param {string} path
   * @param {string} protocol
   */
  openSocket(path, protocol) {
    return this.#connection.openSocket(path, protocol)
  }

  /** For sessions. */
  defineDisplay() {
    return loadDisplay()
  }

  /**
   * For sessions: the daemon has dropped it.
   *
   * @param {Session} session
   */
  forgotten(session) {
    this.#sessions.delete(session.id)
    this.#memory.remove(session.configuration)
    controlsOf(session).lose(null)
  }

  /** @param {string | URL} configuration */
  #resolve(configuration) {
    try {
      return new URL(configuration, this.#environment.location?.href).href
    } catch (cause) {
      throw new LodgerError('argument-invalid', { field: 'configuration', cause })
    }
  }

  /**
   * @param {NonNullable<OpenOptions['onstate']>} onstate
   * @param {AbortSignal | undefined} signal
   */
  #tellStates(onstate, signal) {
    onstate(this.state, this.problem)
    const listener = (/** @type {CustomEvent<AgentEvents['state']>} */ { detail }) => onstate(detail.state, detail.problem)
    this.addEventListener('state', listener, signal ? { signal } : {})
  }

  /**
   * @param {string} configuration
   * @param {AbortSignal | undefined} signal
   */
  async #openSession(configuration, signal) {
    this.#opening += 1
    try {
      const object = await this.#named(configuration, (body) => this.request(body, signal))
      const session = this.#sessions.get(object.id) ?? new Session(this, configuration, object)
      this.#sessions.set(object.id, session)
      controlsOf(session).update(object)
      if (session.display) this.#offerDisplay()
      return session
    } catch (error) {
      const withdrawn = error instanceof LodgerError && error.code === 'aborted'
      // A question goes away with its connection; others that use it would lose more than that.
      if (withdrawn && this.#opening === 1 && this.#sessions.size === 0) this.#connection.reset()
      throw error
    } finally {
      this.#opening -= 1
    }
  }

  /**
   * Names a configuration to the daemon, with the token that was kept, and keeps the one that comes.
   *
   * @param {string} configuration
   * @param {(body: import('./wire.js').Request) => Promise<any>} send
   */
  async #named(configuration, send) {
    const reply = await send(requests.open(configuration, this.#memory.get(configuration)?.resume))
    const object = parseSession(reply.session)
    if (typeof reply.resume === 'string') this.#memory.set(configuration, { session: object.id, resume: reply.resume })
    return object
  }

  #offerDisplay() {
    const element = this.#environment.document?.querySelector?.('lodger-display:not(:defined)')
    // The page sees a display that stays empty; `show` tells the reason.
    if (element) loadDisplay().catch(() => {})
  }

  /** A new connection knows no session: the sessions that live are named to it again. */
  async #reattach() {
    if (this.#sessions.size === 0) return
    try {
      const living = new Set((await this.list()).map(({ id }) => id))
      await Promise.all([...this.#sessions.values()].map((session) => this.#reattachSession(session, living)))
    } catch {
      // The connection was lost again; the next one starts over.
    }
  }

  /**
   * @param {Session} session
   * @param {Set<string>} living
   */
  async #reattachSession(session, living) {
    try {
      // Never open what is gone: the owner would be asked out of the blue.
      if (!living.has(session.id)) throw new LodgerError('session-unknown', { message: 'The session is gone.' })
      const object = await this.#named(session.configuration, (body) => this.#connection.request(body))
      controlsOf(session).reattach(object)
    } catch (error) {
      if (!(error instanceof LodgerError) || error.code === 'connection-lost') return
      this.#sessions.delete(session.id)
      controlsOf(session).lose(error)
    }
  }

  #stateChanged() {
    const { state, problem } = this
    if (state !== 'ready') for (const session of this.#sessions.values()) controlsOf(session).detach()
    this.dispatchEvent(new CustomEvent('state', { detail: { state, problem } }))
  }

  /** @param {import('./wire.js').Message} message */
  #receive(message) {
    switch (message.kind) {
      case 'session.changed':
        return this.#with(message.session.id, (controls) => controls.update(message.session))
      case 'session.progress':
        return this.#with(message.session, (controls) => controls.progressed(message.progress))
      case 'session.forgotten': {
        const session = this.#sessions.get(message.session)
        return session && this.forgotten(session)
      }
      case 'consent': {
        const detail = { consent: message.consent, pending: message.allowed === null, allowed: message.allowed }
        this.dispatchEvent(new CustomEvent('consent', { detail }))
      }
    }
  }

  /**
   * @param {string} id
   * @param {(controls: import('./session.js').SessionControls) => void} act
   */
  #with(id, act) {
    const session = this.#sessions.get(id)
    if (session) act(controlsOf(session))
  }
}
