/**
 * What the library takes from the browser, gathered so that tests can give their own.
 *
 * @typedef {object} Environment
 * @property {typeof globalThis.WebSocket | undefined} WebSocket
 * @property {{ query(descriptor: any): Promise<PermissionStatusLike> } | undefined} permissions
 * @property {{ protocol: string, hostname: string, href: string, origin: string } | undefined} location
 * @property {string} vendor `navigator.vendor`: Apple is WebKit, Google is Chromium, Firefox says nothing
 * @property {boolean} crossOriginIsolated
 * @property {((url: string, name: string, features: string) => any) | undefined} openWindow
 * @property {EventTarget | undefined} window
 * @property {DocumentLike | undefined} document
 * @property {(callback: () => void, delay: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random
 */

/** @typedef {EventTarget & { state: string }} PermissionStatusLike */

/**
 * @typedef {EventTarget & { visibilityState?: string, permissionsPolicy?: any, featurePolicy?: any,
 *   querySelector?(selector: string): any }} DocumentLike
 */

/**
 * What this page's browser offers; read when it is needed, never at import.
 *
 * @returns {Environment}
 */
export function browserEnvironment() {
  const page = /** @type {any} */ (globalThis)
  return {
    WebSocket: page.document ? page.WebSocket : undefined,
    permissions: page.navigator?.permissions,
    location: page.location,
    vendor: page.navigator?.vendor ?? '',
    crossOriginIsolated: page.crossOriginIsolated === true,
    openWindow: page.open?.bind(page),
    window: page.document ? page : undefined,
    document: page.document,
    setTimeout: (callback, delay) => page.setTimeout(callback, delay),
    clearTimeout: (timer) => page.clearTimeout(timer),
    random: Math.random,
  }
}
