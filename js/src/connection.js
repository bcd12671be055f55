import { abortable, LodgerError } from './errors.js'
import { ConnectionMachine } from './machine.js'
import { LoopbackPermission } from './permission.js'
import { HelperWindow } from './helper/window.js'
import { parse, requests, string } from './wire.js'

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./helper/socket.js').SocketLike} SocketLike */
/** @typedef {import('./machine.js').ConnectionEvent} ConnectionEvent */

const helloTimeout = 10_000
// A browser that asks its user holds the socket silent for as long as the user thinks; Firefox gives up after 5 minutes.
const askingTimeout = 360_000
const grantedTimeout = 20_000
const lastingAfter = 10_000

/**
 * The control connection: comes to be, carries requests, comes back when it is lost.
 */
export class Connection {
  #environment
  #port
  #handlers
  #machine
  #permission
  #helper
  /** @type {SocketLike | null} */
  #socket = null
  #turn = 0
  /** @type {any} */
  #timer = null
  /** @type {any} */
  #deadline = null
  /** @type {any} */
  #silence = null
  /** @type {Map<number, { resolve(body: any): void, reject(error: LodgerError): void }>} */
  #pending = new Map()
  #nextId = 1
  /** @type {Set<{ resolve(): void, reject(error: LodgerError): void, wait: boolean }>} */
  #waiters = new Set()
  /**
   * What the daemon answered to `hello`, where it was no.
   *
   * @type {LodgerError | null}
   */
  #refusal = null
  #closed = new AbortController()
  /** What was told last. */
  #told = { state: 'idle', problem: /** @type {string | null} */ (null) }

  /**
   * The daemon's own version.
   *
   * @type {string | null}
   */
  daemon = null

  /**
   * The origin that the daemon takes this page for.
   *
   * @type {string | null}
   */
  site = null

  /**
   * @param {Environment} environment
   * @param {number} port
   * @param {{ onstate(): void, onready(): void, onmessage(message: import('./wire.js').Message): void }} handlers
   */
  constructor(environment, port, handlers) {
    this.#environment = environment
    this.#port = port
    this.#handlers = handlers
    this.#machine = new ConnectionMachine(environment.vendor.startsWith('Google'))
    this.#permission = new LoopbackPermission(environment, (permission) => this.#step({ type: 'permission', permission }))
    this.#helper = new HelperWindow(environment, port, {
      onopen: () => this.#step({ type: 'helper-opened' }),
      onclose: () => this.#helperClosed(),
    })
    const { document } = environment
    const { signal } = this.#closed
    document?.addEventListener('visibilitychange', () => this.#wake(), { signal })
    document?.addEventListener('securitypolicyviolation', (event) => this.#violated(event), { signal })
  }

  get state() {
    return this.#machine.state
  }

  /** What is wrong in this state, or null. */
  get problem() {
    const code = this.#machine.problem
    if (code === null) return null
    if (code === this.#refusal?.code) return this.#refusal
    if (code === 'permission-denied' && this.#permission.forbiddenByPolicy) {
      return new LodgerError('blocked-by-permissions-policy')
    }
    return new LodgerError(code)
  }

  /**
   * Waits until requests can be sent.
   *
   * @param {{ signal?: AbortSignal | undefined, wait?: boolean | undefined }} options without `wait`, fails in the
   *   states that only the visitor can end
   * @returns {Promise<void>}
   */
  ready({ signal, wait = true } = {}) {
    if (!this.#environment.WebSocket) return Promise.reject(new LodgerError('no-browser'))
    if (this.#closed.signal.aborted) return Promise.reject(new LodgerError('connection-lost'))
    if (this.state === 'ready') return Promise.resolve()
    /** @type {any} */
    let waiter
    const promise = new Promise((resolve, reject) => {
      waiter = { resolve, reject, wait }
      this.#waiters.add(waiter)
    })
    if (this.state === 'idle') this.#step({ type: 'retry' })
    else this.#refuseWaiters()
    return abortable(promise, signal).finally(() => this.#waiters.delete(waiter))
  }

  /**
   * Sends a request on a connection that is ready and gives its reply.
   *
   * @param {import('./wire.js').Request} body
   * @returns {Promise<any>}
   */
  request(body) {
    const socket = this.#socket
    if (!socket || (this.state !== 'ready' && body.request !== 'hello')) {
      return Promise.reject(new LodgerError('connection-lost'))
    }
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      socket.send(JSON.stringify({ id, ...body }))
    })
  }

  /**
   * Opens a socket to the daemon, straight or through the helper window.
   *
   * @param {string} path
   * @param {string} protocol
   * @returns {SocketLike}
   */
  openSocket(path, protocol) {
    if (this.#helper.isOpen) return this.#helper.socket(path, protocol)
    const WebSocket = /** @type {typeof globalThis.WebSocket} */ (this.#environment.WebSocket)
    return new WebSocket(`ws://127.0.0.1:${this.#port}${path}`, protocol)
  }

  /** Opens the helper window; to be called from a click. */
  openHelperWindow() {
    return this.#helper.open()
  }

  /** The visitor has just asked the operating system to start the daemon. */
  launched() {
    this.#step({ type: 'launched' })
  }

  retry() {
    this.#step({ type: 'retry' })
  }

  /** Drops the connection and every question that waits on it; the next request connects again. */
  reset() {
    this.#dropSocket(new LodgerError('connection-lost'))
    if (this.state === 'ready') this.#step({ type: 'lost' })
  }

  /** Ends it for good. */
  close() {
    this.#closed.abort()
    this.#turn++
    this.#clearTimers()
    this.#helper.forget()
    this.#dropSocket(new LodgerError('connection-lost'))
    for (const waiter of this.#waiters) waiter.reject(new LodgerError('connection-lost'))
  }

  /** @param {ConnectionEvent} event */
  #step(event) {
    if (this.#closed.signal.aborted) return
    const action = this.#machine.handle(event)
    if (action.do === 'rest') this.#abandon()
    if (action.do === 'open') this.#open(/** @type {any} */ (event).permission)
    if (action.do === 'attempt') this.#schedule(action.after)
    // An action may have taken the next step already.
    const { state, problem } = this.#machine
    if (this.#told.state === state && this.#told.problem === problem) return
    this.#told = { state, problem }
    this.#handlers.onstate()
    this.#refuseWaiters()
  }

  /** @param {number} after */
  #schedule(after) {
    this.#abandon()
    if (after === 0) return void this.#attempt()
    const delay = after * (0.8 + 0.4 * this.#environment.random())
    this.#timer = this.#environment.setTimeout(() => {
      // A hidden page polls nothing: it looks again when it is seen.
      if (this.state === 'not-installed' && this.#environment.document?.visibilityState === 'hidden') return
      void this.#attempt()
    }, delay)
  }

  async #attempt() {
    const turn = ++this.#turn
    const viaHelper = this.#helper.isOpen
    const permission = viaHelper ? 'unknown' : await this.#permission.query()
    if (turn !== this.#turn) return
    const problem = insecure(this.#environment.location) ? 'insecure-page' : null
    if (problem) this.#step({ type: 'forbidden', problem })
    else this.#step({ type: 'attempt', permission, viaHelper, needsHelper: this.#helper.isNeeded })
  }

  /** @param {import('./permission.js').PermissionWord} permission */
  #open(permission) {
    const turn = this.#turn
    /** @type {SocketLike} */
    let socket
    try {
      socket = this.openSocket('/v1', 'lodger.v1')
    } catch {
      // Mixed content, in the browser's eyes: the helper window is the way then.
      return void this.#step({ type: 'refused-by-browser' })
    }
    this.#socket = socket
    this.#nextId = 1
    const fail = () => {
      if (socket === this.#socket) void this.#failed()
    }
    this.#deadline = this.#environment.setTimeout(fail, permission === 'granted' ? grantedTimeout : askingTimeout)
    if (permission === 'prompt') this.#watchSilence(turn)
    socket.onopen = () => void this.#hello(socket, fail)
    socket.onmessage = (event) => this.#receive(socket, event.data)
    // WebKit sends no `close` after an `error`, and a blocked socket neither.
    socket.onerror = fail
    socket.onclose = fail
  }

  /** @param {number} turn */
  #watchSilence(turn) {
    this.#silence = this.#environment.setTimeout(async () => {
      const permission = await this.#permission.query()
      if (turn === this.#turn && this.#socket?.readyState === 0 && permission === 'prompt') this.#step({ type: 'silent' })
    }, this.#machine.silence)
  }

  /**
   * @param {SocketLike} socket
   * @param {() => void} fail
   */
  async #hello(socket, fail) {
    this.#clearTimers()
    this.#deadline = this.#environment.setTimeout(fail, helloTimeout)
    try {
      const reply = await this.request(requests.hello())
      this.daemon = string(reply, 'daemon')
      this.site = string(reply, 'site')
      this.#clearTimers()
      this.#deadline = this.#environment.setTimeout(() => this.#step({ type: 'lasted' }), lastingAfter)
      this.#step({ type: 'opened' })
      this.#handlers.onready()
      for (const waiter of this.#waiters) waiter.resolve()
    } catch (error) {
      if (socket !== this.#socket) return
      const refusal = error instanceof LodgerError && error.code !== 'protocol-error' ? error : null
      if (!refusal) return fail()
      this.#refusal = refusal
      this.#step(refusal.code === 'version-unsupported' ? { type: 'too-old' } : { type: 'forbidden', problem: refusal.code })
    }
  }

  /**
   * @param {SocketLike} socket
   * @param {unknown} data
   */
  #receive(socket, data) {
    if (socket !== this.#socket) return
    /** @type {import('./wire.js').Message} */
    let message
    try {
      message = parse(data)
    } catch {
      // Whatever this is, it is no daemon of ours that can be relied on.
      return void this.#failed()
    }
    if (message.kind !== 'reply' && message.kind !== 'problem') return this.#handlers.onmessage(message)
    const waiting = this.#pending.get(message.id ?? -1)
    if (!waiting) return
    this.#pending.delete(message.id ?? -1)
    if (message.kind === 'reply') waiting.resolve(message.body)
    else waiting.reject(message.error)
  }

  async #failed() {
    const wasReady = this.state === 'ready'
    this.#abandon()
    if (wasReady) return this.#step({ type: 'lost' })
    const turn = this.#turn
    const permission = this.#helper.isOpen ? 'unknown' : await this.#permission.query()
    if (turn === this.#turn) this.#step({ type: 'failed', permission })
  }

  /** Forgets the attempt, or the connection, that there was. */
  #abandon() {
    this.#turn++
    this.#clearTimers()
    this.#dropSocket(new LodgerError('connection-lost'))
  }

  /** @param {LodgerError} error */
  #dropSocket(error) {
    const socket = this.#socket
    this.#socket = null
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const request of pending) request.reject(error)
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null
    socket.close()
  }

  #clearTimers() {
    for (const timer of [this.#timer, this.#deadline, this.#silence]) this.#environment.clearTimeout(timer)
  }

  #helperClosed() {
    this.#abandon()
    this.#step({ type: 'helper-closed' })
  }

  #wake() {
    if (this.#environment.document?.visibilityState !== 'hidden') this.#step({ type: 'woken' })
  }

  /** @param {any} event */
  #violated(event) {
    const ours = String(event.blockedURI).startsWith(`ws://127.0.0.1:${this.#port}`)
    if (ours && event.disposition !== 'report' && this.state !== 'ready') {
      this.#step({ type: 'forbidden', problem: 'blocked-by-csp' })
    }
  }

  /** Tells those who wait that it is in vain, where it is, or where they do not want to wait. */
  #refuseWaiters() {
    const { problem } = this
    if (!problem) return
    for (const waiter of this.#waiters) if (!waiter.wait || !problem.retryable) waiter.reject(problem)
  }
}

/** @param {Environment['location']} location */
function insecure(location) {
  if (!location || location.protocol === 'https:') return false
  const local = /^(localhost|.*\.localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname)
  return !(location.protocol === 'http:' && local)
}
