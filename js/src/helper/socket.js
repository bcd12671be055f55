/**
 * What the library uses of a `WebSocket`.
 *
 * @typedef {object} SocketLike
 * @property {number} readyState
 * @property {string} protocol
 * @property {number} bufferedAmount
 * @property {any} binaryType
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onerror
 * @property {((event: any) => void) | null} onclose
 * @property {(data: any) => void} send
 * @property {(code?: number, reason?: string) => void} close
 */

/**
 * A socket that the helper window holds for this page, in the shape of a `WebSocket`.
 *
 * @implements {SocketLike}
 */
export class HelperSocket {
  #port
  readyState = 0
  protocol = ''
  bufferedAmount = 0
  binaryType = 'arraybuffer'
  /** @type {((event: any) => void) | null} */
  onopen = null
  /** @type {((event: any) => void) | null} */
  onmessage = null
  /** @type {((event: any) => void) | null} */
  onerror = null
  /** @type {((event: any) => void) | null} */
  onclose = null

  /** @param {MessagePort} port its other end is with the helper window */
  constructor(port) {
    this.#port = port
    port.onmessage = (event) => this.#receive(event.data)
  }

  /** @param {string | ArrayBuffer | ArrayBufferView} data */
  send(data) {
    if (this.readyState !== 1) return
    // A view may be of a buffer that its owner writes to again at once.
    const copy = ArrayBuffer.isView(data)
      ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
      : data
    this.bufferedAmount += size(copy)
    this.#port.postMessage({ send: copy })
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code, reason) {
    if (this.readyState >= 2) return
    this.readyState = 2
    this.#port.postMessage({ close: { code, reason } })
  }

  /** The helper window is gone. */
  lost() {
    this.#ended({ code: 1006, reason: '', wasClean: false })
  }

  /** @param {any} message */
  #receive(message) {
    switch (message?.event) {
      case 'open':
        if (this.readyState !== 0) return
        this.readyState = 1
        this.protocol = String(message.protocol)
        return this.onopen?.({ type: 'open' })
      case 'message':
        return this.onmessage?.({ type: 'message', data: message.data })
      case 'sent':
        this.bufferedAmount = Math.max(0, this.bufferedAmount - Number(message.size))
        return
      case 'close':
        return this.#ended({ code: message.code, reason: message.reason, wasClean: message.wasClean })
    }
  }

  /** @param {{ code: number, reason: string, wasClean: boolean }} details */
  #ended(details) {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#port.close()
    if (!details.wasClean) this.onerror?.({ type: 'error' })
    this.onclose?.({ type: 'close', ...details })
  }
}

/** @param {string | ArrayBufferLike} data */
function size(data) {
  return typeof data === 'string' ? data.length : data.byteLength
}
