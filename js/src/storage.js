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

/**
 * What a page keeps of a session: enough to find it again.
 *
 * @typedef {{ session: string, resume: string }} Kept
 */

/** What is kept of a site's sessions, one a configuration. */
export class SessionMemory {
  #storage
  // What the storage would not take serves at least until the page is left.
  #held = memoryStorage()

  /** @param {TokenStorage} storage */
  constructor(storage) {
    this.#storage = storage
  }

  /**
   * @param {string} configuration
   * @returns {Kept | null}
   */
  get(configuration) {
    const text = this.#storage.getItem(key(configuration)) ?? this.#held.getItem(key(configuration))
    try {
      const kept = JSON.parse(text ?? 'null')
      return typeof kept?.resume === 'string' ? kept : null
    } catch {
      // Not what this library wrote: as good as nothing.
      return null
    }
  }

  /**
   * @param {string} configuration
   * @param {Kept} kept
   */
  set(configuration, kept) {
    const text = JSON.stringify(kept)
    this.#held.setItem(key(configuration), text)
    try {
      this.#storage.setItem(key(configuration), text)
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
  return `lodger:session:${configuration}`
}
