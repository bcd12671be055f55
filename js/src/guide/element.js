import { advice, runsOn } from './advice.js'
import { stringsFor } from './strings.js'
import { style } from './style.js'

/** @typedef {import('../agent.js').Agent} Agent */
/** @typedef {import('./advice.js').Advice} Advice */
/** @typedef {import('./strings.js').GuideStrings} GuideStrings */

/** @type {CSSStyleSheet | null} */
let sheet = null

/**
 * `<lodger-guide>`: tells the visitor the one thing to do until this page's daemon can be talked to, and hides itself then.
 *
 * It changes nothing about the connection: that looks for the daemon by itself, and what waits for it goes on. Event:
 * `retry`, where the visitor asks for another try of what the daemon refused.
 */
export class LodgerGuideElement extends HTMLElement {
  static observedAttributes = ['lang']

  /** @type {Agent | null} */
  #agent = null
  /** @type {{ code: string } | null} */
  #problem = null
  /** @type {Partial<GuideStrings>} */
  #own = {}
  #listening = new AbortController()
  #guide

  constructor() {
    super()
    if (!sheet) {
      sheet = new CSSStyleSheet()
      sheet.replaceSync(style)
    }
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sheet]
    this.#guide = make('section', { part: 'guide', hidden: '', role: 'status' })
    this.#guide.className = 'guide'
    root.append(this.#guide)
  }

  connectedCallback() {
    // Set before this class was known to the page.
    for (const name of /** @type {const} */ (['strings', 'problem', 'agent'])) {
      if (!Object.hasOwn(this, name)) continue
      const value = this[name]
      Reflect.deleteProperty(this, name)
      Object.assign(this, { [name]: value })
    }
    this.#render()
  }

  attributeChangedCallback() {
    this.#render()
  }

  /** The connection that the guide is about. */
  get agent() {
    return this.#agent
  }

  set agent(agent) {
    this.#listening.abort()
    this.#listening = new AbortController()
    this.#agent = agent
    agent?.addEventListener('state', () => this.#render(), { signal: this.#listening.signal })
    this.#render()
  }

  /** What the daemon refused a session, or null; only what the visitor can mend is told. */
  get problem() {
    return this.#problem
  }

  set problem(problem) {
    this.#problem = problem
    this.#render()
  }

  /** The page's own words in the place of the guide's. */
  get strings() {
    return this.#own
  }

  set strings(strings) {
    this.#own = strings
    this.#render()
  }

  #render() {
    const words = stringsFor(this.#languages, this.#own)
    const told = this.#agent && advice(this.#agent.state, this.#problem?.code ?? null, words, runsOn(navigator.userAgent))
    this.#guide.hidden = !told
    this.#guide.replaceChildren(...(told ? this.#parts(told, words) : []))
  }

  get #languages() {
    const near = /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang
    return near ? [near] : navigator.languages
  }

  /**
   * @param {Advice} told
   * @param {GuideStrings} words
   */
  #parts(told, words) {
    const parts = [make('h2', { part: 'title' }, told.title)]
    if (told.why) parts.push(make('p', { part: 'why' }, told.why))
    if (told.step) parts.push(make('p', {}, told.step.text), commandLine(told.step.command, words))
    if (told.action === 'start') parts.push(make('p', {}, words.startStep))
    if (told.action) parts.push(this.#button(told.action, words))
    if (told.waits) parts.push(make('p', { part: 'waiting' }, words.waiting))
    return parts
  }

  /**
   * @param {NonNullable<Advice['action']>} action
   * @param {GuideStrings} words
   */
  #button(action, words) {
    const agent = this.#agent
    if (action === 'start') {
      const link = make('a', { part: 'button', href: agent?.startLink ?? '' }, words.start)
      link.className = 'button'
      link.addEventListener('click', () => agent?.launched())
      return link
    }
    const button = make('button', { part: 'button', type: 'button' }, words[action])
    button.addEventListener('click', () => (action === 'helper' ? this.#openHelper() : this.#retry()))
    return button
  }

  #openHelper() {
    // A window that the browser blocks leaves the state as it is, and so the button.
    this.#agent?.openHelperWindow()?.catch?.(() => {})
  }

  #retry() {
    if (this.#agent?.state !== 'ready') return this.#agent?.retry()
    this.problem = null
    this.dispatchEvent(new Event('retry'))
  }
}

/**
 * @param {string} command
 * @param {GuideStrings} words
 */
function commandLine(command, words) {
  const line = make('p', { part: 'step' })
  line.className = 'step'
  line.append(make('code', { part: 'command' }, command))
  if (navigator.clipboard) {
    const button = make('button', { part: 'copy', type: 'button' }, words.copy)
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(command)
        button.textContent = words.copied
      } catch {
        // The command can still be selected by hand.
      }
    })
    line.append(button)
  }
  return line
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {string} [text]
 */
function make(name, attributes, text) {
  const element = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value)
  if (text) element.textContent = text
  return element
}

if (!customElements.get('lodger-guide')) customElements.define('lodger-guide', LodgerGuideElement)
