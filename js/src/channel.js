import { LodgerError } from './errors.js'

/** @typedef {import('./helper/socket.js').SocketLike} SocketLike */

/**
 * A stream of bytes to a machine, in the shape of a `WebSocket` that is open already.
 *
 * What arrives before somebody listens is kept.
 *
 * @implements {SocketLike}
 */
export class Channel extends EventTarget {
  #socket
  /** @type {((event: any) => void) | null} */
  #onmessage = null
  /**
   * What came while nobody listened.
   *
   * @type {ArrayBuffer[] | null}
   */
  #early = []
  /** @type {{ code: number, reason: string, wasClean: boolean } | null} */
  #end = null
  // Own properties, not accessors: those who take a channel look for them by name.
  binaryType = 'arraybuffer'
  /** @type {((event: any) => void) | null} */
  onopen = null
  /** @type {((event: any) => void) | null} */
  onerror = null
  /** @type {((event: any) => void) | null} */
  onclose = null

  /** @param {SocketLike} socket on which the daemon has said `ready` */
  constructor(socket) {
    super()
    this.#socket = socket
    socket.onmessage = (event) => this.#receive(event.data)
    socket.onerror = () => this.#emit(this.onerror, new Event('error'))
    socket.onclose = (event) => this.#closed(event)
  }

  /** Called with each message of bytes, the early ones first. */
  get onmessage() {
    return this.#onmessage
  }

  set onmessage(listener) {
    this.#onmessage = listener
    // Not at once: whoever sets the handler may not have finished.
    if (listener && this.#early) queueMicrotask(() => this.#deliverEarly())
  }

  get protocol() {
    return this.#socket.protocol
  }

  get readyState() {
    return this.#socket.readyState
  }

  get bufferedAmount() {
    return this.#socket.bufferedAmount
  }

  /** @param {string | ArrayBuffer | ArrayBufferView} data */
  send(data) {
    this.#socket.send(data)
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code, reason) {
    this.#socket.close(code, reason)
  }

  #deliverEarly() {
    const early = this.#early ?? []
    this.#early = null
    for (const data of early) this.#message(data)
    if (this.#end) this.#tellEnd(this.#end)
    this.#end = null
  }

  /** @param {unknown} data */
  #receive(data) {
    if (!(data instanceof ArrayBuffer)) return
    if (this.#early) this.#early.push(data)
    else this.#message(data)
  }

  /** @param {ArrayBuffer} data */
  #message(data) {
    this.#emit(this.#onmessage, new MessageEvent('message', { data }))
  }

  /** @param {{ code: number, reason: string, wasClean: boolean }} end */
  #closed(end) {
    if (this.#early) this.#end = end
    else this.#tellEnd(end)
  }

  /** @param {{ code: number, reason: string, wasClean: boolean }} end */
  #tellEnd(end) {
    const event = Object.assign(new Event('close'), { code: end.code, reason: end.reason, wasClean: end.wasClean })
    this.#emit(this.onclose, event)
  }

  /**
   * @param {((event: any) => void) | null} handler
   * @param {Event} event
   */
  #emit(handler, event) {
    handler?.call(this, event)
    this.dispatchEvent(event)
  }
}

/**
 * Hands in a ticket on a fresh socket and gives the channel that it opens.
 *
 * @param {SocketLike} socket
 * @param {string} ticket
 * @param {AbortSignal} [signal]
 * @returns {Promise<Channel>}
 */
export function redeem(socket, ticket, signal) {
  return new Promise((resolve, reject) => {
    /** @param {LodgerError} error */
    const fail = (error) => {
      signal?.removeEventListener('abort', onabort)
      socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null
      socket.close()
      reject(error)
    }
    const onabort = () => fail(new LodgerError('aborted', { cause: signal?.reason }))
    if (signal?.aborted) return onabort()
    signal?.addEventListener('abort', onabort)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => socket.send(ticket)
    // The close that follows says more, where it comes; a blocked socket has only the error.
    socket.onerror = () => setTimeout(() => fail(new LodgerError('connection-lost')), 200)
    socket.onclose = (event) => fail(refusal(event))
    socket.onmessage = (event) => {
      if (!isReady(event.data)) return fail(new LodgerError('protocol-error'))
      signal?.removeEventListener('abort', onabort)
      resolve(new Channel(socket))
    }
  })
}

/** @param {{ code: number, reason: string }} event */
function refusal({ code, reason }) {
  if (code === 4403 && reason) return new LodgerError(reason, { message: `The daemon refused: ${reason}.` })
  return new LodgerError('connection-lost')
}

/** @param {unknown} data */
function isReady(data) {
  try {
    return typeof data === 'string' && JSON.parse(data).event === 'ready'
  } catch {
    // Not JSON: not ours.
    return false
  }
}
