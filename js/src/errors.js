/**
 * What the library itself can find wrong; what the daemon finds wrong has words of its own (docs/protocol.md).
 *
 * @type {Readonly<Record<string, { message: string, hint: string, retryable: boolean }>>}
 */
const clientProblems = {
  'permission-denied': {
    message: 'This browser does not let the page reach apps on this computer.',
    hint: 'Click the icon left of the address, open the site settings, allow “apps on device”, then try again.',
    retryable: true,
  },
  'permission-dismissed': {
    message: 'The browser’s question was closed without an answer.',
    hint: 'Try again, and choose Allow when the browser asks.',
    retryable: true,
  },
  'blocked-by-permissions-policy': {
    message: 'This page is not allowed to ask for the connection.',
    hint: 'For the page’s author: allow loopback-network in Permissions-Policy, and in the allow attribute of an iframe.',
    retryable: false,
  },
  'blocked-by-csp': {
    message: 'The page’s Content-Security-Policy forbids the connection.',
    hint: 'For the page’s author: add the daemon’s address (ws://127.0.0.1:5624) to connect-src.',
    retryable: false,
  },
  'insecure-page': {
    message: 'Only a page that came over https may run machines here.',
    hint: 'Open the page with https:// in its address.',
    retryable: false,
  },
  'agent-not-found': {
    message: 'Lodger does not run on this computer.',
    hint: 'Install Lodger, or start it where it is installed.',
    retryable: true,
  },
  'helper-needed': {
    message: 'This browser needs a small window of Lodger beside the page.',
    hint: 'Click “Open the helper window” and leave that window open.',
    retryable: true,
  },
  'popup-blocked': {
    message: 'The browser did not open the helper window.',
    hint: 'Allow pop-up windows for this page and click again.',
    retryable: true,
  },
  'helper-unreachable': {
    message: 'The helper window does not answer this page.',
    hint:
      'Is Lodger running? For the page’s author: Cross-Origin-Opener-Policy must not be same-origin; ' +
      'same-origin-allow-popups works.',
    retryable: true,
  },
  'connection-lost': {
    message: 'The connection to Lodger ended before it answered.',
    hint: 'The page reconnects by itself; try again then.',
    retryable: true,
  },
  'protocol-error': {
    message: 'What answered does not speak Lodger’s protocol.',
    hint: 'Is another program using the port?',
    retryable: false,
  },
  'display-unavailable': {
    message: 'The display’s part of the library did not load.',
    hint: 'For the page’s author: lodger-display.mjs must lie beside lodger.mjs.',
    retryable: true,
  },
  'response-invalid': {
    message: 'The guest’s answer is not HTTP.',
    hint: 'Is it an HTTP server that listens there?',
    retryable: false,
  },
  'response-cut': {
    message: 'The guest’s answer ended too early.',
    hint: 'Try again.',
    retryable: true,
  },
  'response-too-large': {
    message: 'The guest’s answer is larger than was allowed.',
    hint: 'Ask with a larger `limit`.',
    retryable: false,
  },
  'no-browser': {
    message: 'Machines can only be opened by a page in a browser.',
    hint: 'Call this after the page has loaded, not on the server.',
    retryable: false,
  },
  'argument-invalid': { message: 'An argument is not valid.', hint: 'See the library’s README.', retryable: false },
  aborted: { message: 'The page took the request back.', hint: '', retryable: true },
}

/**
 * @typedef {object} LodgerErrorDetails
 * @property {string} [message] a sentence for people
 * @property {string} [hint] what to do
 * @property {boolean} [retryable] whether trying again can help
 * @property {string | null} [field] what is wrong in a configuration or a request
 * @property {number | null} [after] seconds before which trying again is useless
 * @property {unknown} [cause]
 */

/** The one error of this library: `code` is a stable word, the rest is for people. */
export class LodgerError extends Error {
  /**
   * @param {string} code
   * @param {LodgerErrorDetails} [details]
   */
  constructor(code, details = {}) {
    const known = clientProblems[code]
    super(details.message ?? known?.message ?? code, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'LodgerError'
    /** @readonly */
    this.code = code
    /** @readonly */
    this.hint = details.hint ?? known?.hint ?? ''
    /** @readonly */
    this.retryable = details.retryable ?? known?.retryable ?? false
    /** @readonly @type {string | null} */
    this.field = details.field ?? null
    /** @readonly @type {number | null} */
    this.after = details.after ?? null
  }
}

/**
 * Throws where the signal has fired.
 *
 * @param {AbortSignal | undefined} signal
 */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw new LodgerError('aborted', { cause: signal.reason })
}

/**
 * Settles as the promise does, or fails as soon as the signal fires.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
export function abortable(promise, signal) {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onabort = () => reject(new LodgerError('aborted', { cause: signal.reason }))
    if (signal.aborted) return onabort()
    signal.addEventListener('abort', onabort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onabort))
  })
}
