import { LodgerError } from '../errors.js'
import { HelperSocket } from './socket.js'

/** @typedef {import('../environment.js').Environment} Environment */

const answerTimeout = 8000
const features = 'popup,width=440,height=360'

/**
 * The daemon's own window beside the page, for browsers that let no https page open a socket to this computer.
 *
 * There, window and daemon are of one host; the window carries the page's sockets over `postMessage`.
 */
export class HelperWindow {
  #environment
  #origin
  #handlers
  /** @type {any} */
  #window = null
  /**
   * The window that has answered.
   *
   * @type {any}
   */
  #answering = null
  /** @type {Set<HelperSocket>} */
  #sockets = new Set()
  /** @type {((error: LodgerError | null) => void) | null} */
  #waiting = null
  /** @type {any} */
  #watch = null
  #forgotten = new AbortController()

  /**
   * @param {Environment} environment
   * @param {number} port the daemon's
   * @param {{ onopen(): void, onclose(): void }} handlers
   */
  constructor(environment, port, handlers) {
    this.#environment = environment
    this.#origin = `http://127.0.0.1:${port}`
    this.#handlers = handlers
    const { signal } = this.#forgotten
    // A window that an earlier load of this page has opened still says that it is there.
    environment.window?.addEventListener('message', (event) => this.#receive(/** @type {any} */ (event)), { signal })
  }

  /** Whether this browser is known to need it: WebKit takes `ws://` to this computer for mixed content. */
  get isNeeded() {
    const { vendor, location } = this.#environment
    return vendor.startsWith('Apple') && location?.protocol === 'https:'
  }

  get isOpen() {
    return this.#answering !== null
  }

  /**
   * Opens the window and waits until it answers.
   *
   * @returns {Promise<void>}
   */
  async open() {
    if (this.isOpen) return
    const { openWindow, location, crossOriginIsolated } = this.#environment
    if (crossOriginIsolated) throw new LodgerError('helper-unreachable')
    this.#waiting?.(new LodgerError('aborted'))
    this.#window = openWindow?.(`${this.#origin}/bridge#${location?.origin}`, 'lodger-helper', features)
    if (!this.#window) throw new LodgerError('popup-blocked')
    const error = await new Promise((resolve) => {
      const timer = this.#environment.setTimeout(() => resolve(new LodgerError('helper-unreachable')), answerTimeout)
      this.#waiting = (error) => {
        this.#environment.clearTimeout(timer)
        resolve(error)
      }
    })
    this.#waiting = null
    if (error) throw error
  }

  /**
   * @param {string} path
   * @param {string} protocol
   */
  socket(path, protocol) {
    const channel = new MessageChannel()
    const socket = new HelperSocket(channel.port1)
    this.#sockets.add(socket)
    this.#answering.postMessage({ lodger: 'socket', path, protocol }, this.#origin, [channel.port2])
    return socket
  }

  /** Stops listening; the window itself stays. */
  forget() {
    this.#forgotten.abort()
    this.#environment.clearTimeout(this.#watch)
    this.#answering = null
  }

  /** @param {MessageEvent} event */
  #receive(event) {
    if (event.origin !== this.#origin || !event.source || event.data?.lodger !== 'helper') return
    if (event.data.event === 'ready') this.#answered(event.source)
    if (event.data.event === 'closed' && event.source === this.#answering) this.#ended()
  }

  /** @param {any} source */
  #answered(source) {
    // Another window may not take the place of the one that was opened here, nor of one that answers.
    if (this.#answering || (this.#window ? source !== this.#window : !this.isNeeded)) return
    this.#answering = source
    this.#waiting?.(null)
    this.#watchWindow()
    this.#handlers.onopen()
  }

  #watchWindow() {
    this.#watch = this.#environment.setTimeout(() => {
      if (this.#answering?.closed) this.#ended()
      else if (this.#answering) this.#watchWindow()
    }, 1000)
  }

  #ended() {
    this.#environment.clearTimeout(this.#watch)
    this.#answering = this.#window = null
    const sockets = [...this.#sockets]
    this.#sockets.clear()
    for (const socket of sockets) socket.lost()
    this.#handlers.onclose()
  }
}
