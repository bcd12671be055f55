import { EscapeChord } from './escape-chord.js'
import { status } from './status.js'
import { style } from './style.js'
import { Viewer } from './viewer.js'

/** @typedef {import('../session.js').Session} Session */

const shownStates = ['running', 'paused', 'stopping']
const capturedHint = 'Keys go to the machine. Press Ctrl+Alt to leave.'
const freeHint = 'Click the screen to type into the machine.'
const slowHint = 'Slow: no hardware acceleration.'

/** @type {CSSStyleSheet | null} */
let sheet = null

/**
 * `<lodger-display>`: the screen, keyboard and pointer of a machine.
 *
 * Attributes: `scale` (`fit`, or `none` for one pixel to one pixel), `view-only`, `label`, `bar` (`none` hides it).
 * Events: `connect`, `disconnect`.
 */
export class LodgerDisplayElement extends HTMLElement {
  static observedAttributes = ['scale', 'view-only', 'label', 'bar']

  /** @type {Session | null} */
  #session = null
  /** @type {unknown} */
  #channel = null
  #listening = new AbortController()
  #chord = new EscapeChord()
  #typing = false
  #parts
  #viewer
  #resized = new MutationObserver(() => this.#fitFrame())

  constructor() {
    super()
    if (!sheet) {
      sheet = new CSSStyleSheet()
      sheet.replaceSync(style)
    }
    const root = this.attachShadow({ mode: 'open', delegatesFocus: false })
    root.adoptedStyleSheets = [sheet]
    this.#parts = build(root.ownerDocument)
    root.append(this.#parts.frame)
    this.#viewer = new Viewer(this.#parts.screen, {
      onstate: () => this.#viewerChanged(),
      oncanvas: (canvas) => this.#prepareCanvas(canvas),
      onlost: (canvas) => this.#parts.ghost.replaceChildren(...(canvas ? [canvas] : [])),
    })
    this.#listen()
  }

  connectedCallback() {
    // Set before this class was known to the page.
    for (const name of /** @type {const} */ (['session', 'channel'])) {
      if (!Object.hasOwn(this, name)) continue
      const value = this[name]
      Reflect.deleteProperty(this, name)
      Object.assign(this, { [name]: value })
    }
    this.#follow()
  }

  disconnectedCallback() {
    this.#listening.abort()
    this.#viewer.end()
  }

  attributeChangedCallback() {
    this.#viewer.scale = this.scale === 'fit'
    this.#viewer.viewOnly = this.viewOnly
    this.#parts.bar.hidden = this.getAttribute('bar') === 'none'
    this.#render()
  }

  /**
   * The machine that is shown.
   *
   * @type {Session | null | undefined}
   */
  get session() {
    return this.#session
  }

  set session(session) {
    this.#session = session ?? null
    this.#channel = null
    if (this.isConnected) this.#follow()
  }

  /**
   * A channel that is shown instead of a session: RFB in something of the shape of a `WebSocket`.
   *
   * @type {unknown}
   */
  get channel() {
    return this.#channel
  }

  set channel(channel) {
    this.#channel = channel ?? null
    this.#session = null
    if (this.isConnected) this.#follow()
  }

  get scale() {
    return this.getAttribute('scale') === 'none' ? 'none' : 'fit'
  }

  set scale(scale) {
    this.setAttribute('scale', scale)
  }

  get viewOnly() {
    return this.hasAttribute('view-only')
  }

  set viewOnly(viewOnly) {
    this.toggleAttribute('view-only', viewOnly)
  }

  /** Whether there is a picture now. */
  get connected() {
    return this.#viewer.state === 'connected'
  }

  /** Sends the keyboard to the machine. */
  focus() {
    if (this.connected) this.#viewer.focus()
  }

  /** Takes the keyboard back to the page. */
  releaseKeyboard() {
    this.#viewer.releaseKeys()
    this.#parts.fullscreen.focus()
  }

  sendCtrlAltDel() {
    this.#viewer.sendCtrlAltDel()
  }

  async toggleFullscreen() {
    if (this.shadowRoot?.fullscreenElement) return document.exitFullscreen()
    await this.#parts.frame.requestFullscreen()
    // Where the browser can, Escape and the like then go to the machine too.
    const { keyboard } = /** @type {any} */ (navigator)
    await keyboard?.lock?.().catch(() => {})
    this.focus()
  }

  #follow() {
    this.#listening.abort()
    this.#listening = new AbortController()
    const { signal } = this.#listening
    const session = this.#session
    this.#parts.ghost.replaceChildren()
    if (session) {
      session.addEventListener('change', () => this.#sessionChanged(), { signal })
      session.addEventListener('progress', () => this.#render(), { signal })
      session.addEventListener('ended', () => this.#sessionChanged(), { signal })
      this.#sessionChanged()
    } else if (this.#channel) this.#viewer.showChannel(this.#channel)
    else this.#viewer.end()
    this.#render()
  }

  #sessionChanged() {
    const session = this.#session
    if (session?.display && shownStates.includes(session.state)) this.#viewer.show(session)
    else {
      this.#viewer.end()
      this.#parts.ghost.replaceChildren()
    }
    this.#render()
  }

  #viewerChanged() {
    const { state } = this.#viewer
    if (state === 'connected') {
      this.#parts.ghost.replaceChildren()
      // Whoever was typing when the picture was lost goes on typing into the machine.
      if (this.#typing && document.activeElement === document.body) this.focus()
    }
    this.dispatchEvent(new Event(state === 'connected' ? 'connect' : 'disconnect'))
    this.#render()
  }

  #render() {
    const { overlay, title, detail, spinner, progress, hint, keys, frame } = this.#parts
    const told = status(this.#session, this.#viewer.state)
    overlay.hidden = !told
    spinner.hidden = !told?.busy || told.fraction !== null
    progress.hidden = told?.fraction == null
    if (told?.fraction != null) progress.value = told.fraction
    // A status that stays the same is not read out again.
    if (title.textContent !== (told?.title ?? '')) title.textContent = told?.title ?? ''
    if (detail.textContent !== (told?.detail ?? '')) detail.textContent = told?.detail ?? ''
    const captured = this.#captured
    const slow = this.#session?.accelerator === 'tcg' ? slowHint : ''
    frame.classList.toggle('captured', captured)
    hint.textContent = [this.connected && !this.viewOnly ? (captured ? capturedHint : freeHint) : '', slow].join(' ').trim()
    keys.disabled = !this.connected || this.viewOnly
    this.#label()
  }

  get #captured() {
    const canvas = this.#viewer.canvas
    return canvas !== null && this.shadowRoot?.activeElement === canvas && !this.viewOnly
  }

  #label() {
    const machine = this.#session?.name || 'the machine'
    const name = this.getAttribute('label') ?? `Screen of ${machine}`
    this.#viewer.canvas?.setAttribute('aria-label', this.viewOnly ? name : `${name}. ${capturedHint}`)
  }

  /** @param {HTMLCanvasElement} canvas */
  #prepareCanvas(canvas) {
    canvas.tabIndex = 0
    canvas.setAttribute('role', 'application')
    this.#resized.disconnect()
    this.#resized.observe(canvas, { attributes: true, attributeFilter: ['width', 'height'] })
    this.#label()
  }

  #fitFrame() {
    const canvas = this.#viewer.canvas
    if (canvas?.width && canvas.height) {
      this.#parts.stage.style.setProperty('--lodger-aspect', `${canvas.width} / ${canvas.height}`)
    }
  }

  #listen() {
    const { frame, screen, fullscreen, keys } = this.#parts
    fullscreen.addEventListener('click', () => this.toggleFullscreen().catch(() => {}))
    keys.addEventListener('click', () => {
      this.sendCtrlAltDel()
      this.focus()
    })
    frame.addEventListener('fullscreenchange', () => {
      fullscreen.textContent = this.shadowRoot?.fullscreenElement ? 'Leave full screen' : 'Full screen'
    })
    screen.addEventListener('focusin', () => {
      this.#typing = true
      this.#render()
    })
    screen.addEventListener('focusout', () => {
      // Where the picture was lost the focus went with it: that is nobody's wish.
      setTimeout(() => (this.#typing &&= !this.connected || this.#captured))
      this.#chord.reset()
      this.#viewer.releaseKeys()
      this.#render()
    })
    // Captured on the way down: the picture stops these events once it has sent them to the machine.
    screen.addEventListener('keydown', (event) => this.#chord.pressed(event), { capture: true })
    screen.addEventListener('keyup', (event) => this.#chord.released(event) && this.releaseKeyboard(), { capture: true })
  }
}

/** @param {Document} document */
function build(document) {
  const frame = element(document, 'div', 'frame')
  const stage = element(document, 'div', 'stage')
  const ghost = element(document, 'div', 'ghost')
  const screen = element(document, 'div', 'screen')
  const overlay = element(document, 'div', 'overlay')
  const spinner = element(document, 'div', 'spinner')
  const title = element(document, 'div', 'title')
  const detail = element(document, 'div', 'detail')
  const progress = element(document, 'progress', 'progress')
  const bar = element(document, 'div', 'bar')
  const hint = element(document, 'span', 'hint')
  const keys = element(document, 'button', 'keys')
  const fullscreen = element(document, 'button', 'fullscreen')
  ghost.ariaHidden = 'true'
  title.setAttribute('role', 'status')
  progress.setAttribute('aria-label', 'Download')
  keys.type = fullscreen.type = 'button'
  keys.textContent = 'Ctrl+Alt+Del'
  fullscreen.textContent = 'Full screen'
  overlay.append(spinner, title, detail, progress)
  stage.append(ghost, screen, overlay)
  const buttons = element(document, 'div', 'buttons')
  buttons.append(keys, fullscreen)
  bar.append(hint, buttons)
  frame.append(stage, bar)
  return { frame, stage, ghost, screen, overlay, spinner, title, detail, progress, bar, hint, keys, fullscreen }
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {Document} document
 * @param {K} tag
 * @param {string} name its class, and its part
 */
function element(document, tag, name) {
  const created = document.createElement(tag)
  created.className = name
  created.setAttribute('part', name)
  return created
}

if (!customElements.get('lodger-display')) customElements.define('lodger-display', LodgerDisplayElement)
