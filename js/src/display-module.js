import { LodgerError } from './errors.js'

/** @type {string | URL | undefined} */
let address
/** @type {Promise<unknown> | null} */
let loading = null

/**
 * Says where the display's part of the library lies, where it is not beside this one.
 *
 * @param {string | URL} url
 */
export function setDisplayModule(url) {
  address = url
}

/**
 * Loads what defines `<lodger-display>`, once.
 *
 * @returns {Promise<void>}
 */
export async function loadDisplay() {
  if (globalThis.customElements?.get('lodger-display')) return
  const url = String(address ?? new URL('./lodger-display.mjs', import.meta.url))
  loading ??= import(url)
  try {
    await loading
  } catch (cause) {
    loading = null // so that the next call tries again
    throw new LodgerError('display-unavailable', { cause })
  }
}
