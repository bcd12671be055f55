/**
 * Where resume tokens are kept: what `localStorage` has of these.
 *
 * @typedef {object} TokenStorage
 * @property {(key: string) => string | null} getItem
 * @property {(key: string, value: string) => void} setItem
 * @property {(key: string) => void} removeItem
 */

/**
 * The page's own storage, or memory where the browser gives the page none.
 *
 * @returns {TokenStorage}
 */
export function pageStorage() {
  try {
    const storage = globalThis.localStorage
    storage.getItem('lodger')
    return storage
  } catch {
    // The visitor's settings forbid it: a reload asks the owner again.
    return memoryStorage()
  }
}

/** @returns {TokenStorage} */
export function memoryStorage() {
  /** @type {Map<string, string>} */
  const items = new Map()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}

/** The resume tokens of a site, one a configuration. */
export class ResumeTokens {
  #storage
  // What the storage would not take serves at least until the page is left.
  #held = memoryStorage()

  /** @param {TokenStorage} storage */
  constructor(storage) {
    this.#storage = storage
  }

  /** @param {string} configuration */
  get(configuration) {
    return this.#held.getItem(key(configuration)) ?? this.#storage.getItem(key(configuration))
  }

  /**
   * @param {string} configuration
   * @param {string} token
   */
  set(configuration, token) {
    this.#held.setItem(key(configuration), token)
    try {
      this.#storage.setItem(key(configuration), token)
    } catch {
      // The storage is full: a reload asks the owner again.
    }
  }

  /** @param {string} configuration */
  remove(configuration) {
    this.#held.removeItem(key(configuration))
    this.#storage.removeItem(key(configuration))
  }
}

/** @param {string} configuration */
function key(configuration) {
  return `lodger:resume:${configuration}`
}
