/** @typedef {import('./permission.js').PermissionWord} PermissionWord */

/**
 * @typedef {'idle' | 'connecting' | 'asking-permission' | 'denied' | 'not-installed' | 'starting' | 'needs-helper' |
 *   'ready' | 'version-too-old'} ConnectionState
 */

/**
 * @typedef {(
 *   { type: 'attempt', permission: PermissionWord, needsHelper: boolean, viaHelper: boolean } |
 *   { type: 'silent' } |
 *   { type: 'failed', permission: PermissionWord } |
 *   { type: 'forbidden', problem: string } |
 *   { type: 'refused-by-browser' } |
 *   { type: 'opened' } |
 *   { type: 'lasted' } |
 *   { type: 'too-old' } |
 *   { type: 'lost' } |
 *   { type: 'permission', permission: PermissionWord } |
 *   { type: 'helper-opened' } |
 *   { type: 'helper-closed' } |
 *   { type: 'launched' } |
 *   { type: 'retry' } |
 *   { type: 'woken' }
 * )} ConnectionEvent
 */

/**
 * What to do next: open a socket, try again (after some milliseconds), or rest until something changes.
 *
 * @typedef {{ do: 'open' } | { do: 'attempt', after: number } | { do: 'rest' } | { do: 'nothing' }} ConnectionAction
 */

const rest = Object.freeze({ do: /** @type {const} */ ('rest') })
const nothing = Object.freeze({ do: /** @type {const} */ ('nothing') })
const attemptNow = Object.freeze({ do: /** @type {const} */ ('attempt'), after: 0 })

// After a dozen failures Chromium holds a page's sockets back, for up to five seconds: then silence means less.
const manyFailures = 10

/**
 * Decides how a page comes to its connection; touches neither timers nor sockets.
 *
 * The browser may ask the visitor at any attempt, and only the permission's state tells that from a daemon that is
 * not there.
 */
export class ConnectionMachine {
  /** @type {ConnectionState} */
  state = 'idle'

  /**
   * The word for what is wrong in this state.
   *
   * @type {string | null}
   */
  problem = null

  #promptIsSure
  #retriedGranted = false
  #failures = 0
  #quickAttempts = 0
  #losses = 0
  #asked = false
  #inFlight = false
  #waiting = false

  /**
   * @param {boolean} promptIsSure whether this browser's `prompt` means that it asks; Firefox says `prompt` also where
   *   it never asks
   */
  constructor(promptIsSure) {
    this.#promptIsSure = promptIsSure
  }

  /** Milliseconds of silence after which the browser is probably asking its user. */
  get silence() {
    if (this.#promptIsSure) return this.#failures < manyFailures ? 700 : 6000
    // Firefox holds sockets back from the first failure on, each time half as long again, up to a minute.
    return this.#failures === 0 ? 700 : Math.min(700 + 500 * 1.5 ** this.#failures, 70_000)
  }

  /**
   * @param {ConnectionEvent} event
   * @returns {ConnectionAction}
   */
  handle(event) {
    switch (event.type) {
      case 'attempt':
        return this.#attempt(event)
      case 'silent':
        if (this.#inFlight) {
          this.#asked = true
          this.#enter('asking-permission')
        }
        return nothing
      case 'failed':
        return this.#failed(event.permission)
      case 'forbidden':
        return this.#rest('denied', event.problem)
      case 'refused-by-browser':
        return this.#rest('needs-helper', 'helper-needed')
      case 'opened':
        this.#settle()
        this.#retriedGranted = false
        this.#failures = 0
        this.#enter('ready')
        return nothing
      case 'lasted':
        this.#losses = 0
        return nothing
      case 'too-old':
        this.#settle()
        this.#enter('version-too-old', 'version-unsupported')
        return this.#wait(10_000)
      case 'lost':
        this.#settle()
        this.#quickAttempts = 40
        this.#enter('connecting')
        // A daemon that drops its pages at once is not to be run down by them.
        return this.#wait(Math.min(100 * 2 ** this.#losses++, 10_000))
      case 'permission':
        return this.#permissionChanged(event.permission)
      case 'helper-opened':
        this.#settle()
        this.#enter('connecting')
        return attemptNow
      case 'helper-closed':
        return this.#rest('needs-helper', 'helper-needed')
      case 'launched':
        if (this.state === 'ready' || this.#inFlight) return nothing
        this.#failures = 0
        this.#quickAttempts = 20
        this.#enter('starting')
        return this.#wait(500)
      case 'retry':
        if (this.state === 'ready' || this.#inFlight) return nothing
        this.#enter('connecting')
        return attemptNow
      case 'woken':
        return this.#waiting ? attemptNow : nothing
    }
  }

  /** @param {Extract<ConnectionEvent, { type: 'attempt' }>} event */
  #attempt(event) {
    this.#waiting = false
    if (!event.viaHelper) {
      if (event.needsHelper) return this.#rest('needs-helper', 'helper-needed')
      if (event.permission === 'denied') return this.#rest('denied', 'permission-denied')
    }
    this.#inFlight = true
    this.#asked = false
    const polling = ['not-installed', 'starting', 'version-too-old'].includes(this.state)
    if (!polling) this.#enter('connecting')
    return /** @type {const} */ ({ do: 'open' })
  }

  /** @param {PermissionWord} permission */
  #failed(permission) {
    const asked = this.#asked
    this.#settle()
    this.#failures += 1
    if (permission === 'denied') return this.#rest('denied', 'permission-denied')
    if (permission === 'granted' && !this.#retriedGranted) {
      // Perhaps the answer came just now, and the daemon had closed the silent connection while the visitor was reading.
      this.#retriedGranted = true
      this.#enter('connecting')
      return attemptNow
    }
    if (permission === 'prompt' && asked && this.#promptIsSure) return this.#rest('denied', 'permission-dismissed')
    return this.#notThere()
  }

  #notThere() {
    if (this.#quickAttempts > 0) {
      this.#quickAttempts -= 1
      // Soon after a loss the daemon is probably being restarted: the first few seconds are not worth a word.
      if (this.state === 'connecting' && this.#quickAttempts < 36) this.#enter('not-installed', 'agent-not-found')
      return this.#wait(this.#failures < 4 ? 250 * this.#failures : 1500)
    }
    this.#enter('not-installed', 'agent-not-found')
    return this.#wait(Math.min(250 * 2 ** Math.min(this.#failures, 10), 10_000))
  }

  /** @param {PermissionWord} permission */
  #permissionChanged(permission) {
    // An attempt in flight goes on over its own connection, or fails and then asks again.
    if (this.#inFlight || this.state === 'ready' || this.state === 'idle' || this.state === 'needs-helper') return nothing
    if (permission === 'denied') return this.#rest('denied', 'permission-denied')
    this.#retriedGranted = false
    return attemptNow
  }

  /**
   * @param {ConnectionState} state
   * @param {string} problem
   */
  #rest(state, problem) {
    this.#settle()
    this.#enter(state, problem)
    return rest
  }

  /** @param {number} after */
  #wait(after) {
    this.#waiting = true
    return { do: /** @type {const} */ ('attempt'), after }
  }

  #settle() {
    this.#inFlight = false
    this.#waiting = false
    this.#asked = false
  }

  /**
   * @param {ConnectionState} state
   * @param {string | null} problem
   */
  #enter(state, problem = null) {
    this.state = state
    this.problem = problem
  }
}
