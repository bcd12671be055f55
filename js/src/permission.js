/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {'granted' | 'denied' | 'prompt' | 'unknown'} PermissionWord */

// The second is the older name of the first; Firefox throws for it, WebKit for both.
const names = ['loopback-network', 'local-network-access']

/** The browser's permission to reach programs on the visitor's own computer. */
export class LoopbackPermission {
  #environment
  /** @type {import('./environment.js').PermissionStatusLike | null} */
  #status = null
  #onchange

  /**
   * @param {Environment} environment
   * @param {(word: PermissionWord) => void} onchange
   */
  constructor(environment, onchange) {
    this.#environment = environment
    this.#onchange = onchange
  }

  /**
   * What the browser says now; `unknown` where it knows no such permission.
   *
   * @returns {Promise<PermissionWord>}
   */
  async query() {
    const permissions = this.#environment.permissions
    if (!permissions) return 'unknown'
    for (const name of names) {
      try {
        const status = await permissions.query({ name })
        this.#watch(status)
        return word(status.state)
      } catch {
        // A name that this browser does not know; the next one may be.
      }
    }
    return 'unknown'
  }

  /** Whether the page's own policy, or its frame's, forbids even to ask. */
  get forbiddenByPolicy() {
    const document = this.#environment.document
    const policy = document?.permissionsPolicy ?? document?.featurePolicy
    const known = policy?.features?.().find?.((/** @type {string} */ name) => names.includes(name))
    return known !== undefined && !policy.allowsFeature(known)
  }

  /** @param {import('./environment.js').PermissionStatusLike} status */
  #watch(status) {
    if (this.#status) return
    this.#status = status
    status.addEventListener('change', () => this.#onchange(word(status.state)))
  }
}

/**
 * @param {string} state
 * @returns {PermissionWord}
 */
function word(state) {
  return state === 'granted' || state === 'denied' || state === 'prompt' ? state : 'unknown'
}
