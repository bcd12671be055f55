import RFB from 'novnc/core/rfb.js'
import { initLogging } from 'novnc/core/util/logging.js'

/** @typedef {import('../session.js').Session} Session */
/** @typedef {import('./status.js').ViewerState} ViewerState */

const firstRetry = 100
const lastRetry = 2000
// A picture that stays this long is taken to stay.
const lastingAfter = 3000

// What it would write to the page's console is told by events.
initLogging('none')

/** Keeps a picture of one machine in an element, and gets it back when it is lost. */
export class Viewer {
  #target
  #handlers
  /** @type {Session | null} */
  #session = null
  /** @type {RFB | null} */
  #rfb = null
  /** @type {AbortController | null} */
  #opening = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #lasting
  #retry = firstRetry
  #hadPicture = false
  #scale = true
  #viewOnly = false

  /** @type {ViewerState} */
  state = 'none'

  /**
   * @param {HTMLElement} target
   * @param {object} handlers
   * @param {() => void} handlers.onstate
   * @param {(canvas: HTMLCanvasElement) => void} handlers.oncanvas a picture is coming
   * @param {(canvas: HTMLCanvasElement | null) => void} handlers.onlost it is lost; this is the last one
   */
  constructor(target, handlers) {
    this.#target = target
    this.#handlers = handlers
  }

  get canvas() {
    return this.#rfb ? this.#target.querySelector('canvas') : null
  }

  /** Whether the picture is fitted into its element. */
  get scale() {
    return this.#scale
  }

  set scale(scale) {
    this.#scale = scale
    if (this.#rfb) this.#rfb.scaleViewport = scale
  }

  get viewOnly() {
    return this.#viewOnly
  }

  set viewOnly(viewOnly) {
    this.#viewOnly = viewOnly
    if (this.#rfb) this.#rfb.viewOnly = viewOnly
  }

  /**
   * Shows a machine for as long as it runs, over as many connections as that takes.
   *
   * @param {Session} session
   */
  show(session) {
    if (this.#session !== session) this.end()
    this.#session = session
    if (!this.#rfb && !this.#opening && this.#timer === undefined) void this.#open(session)
  }

  /**
   * Shows what comes over a channel, until it ends.
   *
   * @param {unknown} channel has the shape of a `WebSocket`
   */
  showChannel(channel) {
    this.end()
    this.#attach(channel)
    this.#enter('connecting')
  }

  /** Shows nothing more. */
  end() {
    this.#session = null
    this.#hadPicture = false
    this.#retry = firstRetry
    clearTimeout(this.#timer)
    clearTimeout(this.#lasting)
    this.#timer = undefined
    this.#opening?.abort()
    this.#opening = null
    const rfb = this.#rfb
    this.#rfb = null
    rfb?.disconnect()
    this.#enter('none')
  }

  focus() {
    this.#rfb?.focus()
  }

  sendCtrlAltDel() {
    this.#rfb?.sendCtrlAltDel()
  }

  /** Lets go of every key that is down in the machine. */
  releaseKeys() {
    // The client itself does so only when the whole window loses the focus.
    const keyboard = /** @type {any} */ (this.#rfb)?._keyboard
    keyboard?._allKeysUp()
  }

  /** @param {Session} session */
  async #open(session) {
    const opening = (this.#opening = new AbortController())
    this.#enter(this.#hadPicture ? 'reconnecting' : 'connecting')
    try {
      const channel = await session.openDisplay({ signal: opening.signal })
      if (this.#opening === opening) this.#attach(channel)
      else channel.close()
    } catch {
      // Whatever the reason: the session tells when the machine is gone, and until then trying again is right.
      if (this.#opening === opening) this.#openLater()
    } finally {
      if (this.#opening === opening) this.#opening = null
    }
  }

  #openLater() {
    const session = this.#session
    if (!session) return
    this.#enter('reconnecting')
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#session === session) void this.#open(session)
    }, this.#retry * (0.8 + 0.4 * Math.random()))
    this.#retry = Math.min(this.#retry * 2, lastRetry)
  }

  /** @param {unknown} channel */
  #attach(channel) {
    const rfb = new RFB(this.#target, channel, { shared: true })
    this.#rfb = rfb
    rfb.scaleViewport = this.#scale
    rfb.viewOnly = this.#viewOnly
    rfb.showDotCursor = true
    rfb.background = 'transparent'
    const canvas = this.#target.querySelector('canvas')
    rfb.addEventListener('connect', () => {
      if (this.#rfb !== rfb) return
      this.#hadPicture = true
      this.#lasting = setTimeout(() => (this.#retry = firstRetry), lastingAfter)
      this.#enter('connected')
    })
    rfb.addEventListener('disconnect', () => {
      if (this.#rfb !== rfb) return
      this.#rfb = null
      clearTimeout(this.#lasting)
      this.#handlers.onlost(this.#hadPicture ? canvas : null)
      if (this.#session) this.#openLater()
      else this.#enter('none')
    })
    if (canvas) this.#handlers.oncanvas(canvas)
  }

  /** @param {ViewerState} state */
  #enter(state) {
    if (this.state === state) return
    this.state = state
    this.#handlers.onstate()
  }
}
