/**
 * What the library itself can find wrong: a sentence, what to do, and whether trying again can help. What the daemon
 * finds wrong has words of its own (docs/protocol.md).
 *
 * @type {Readonly<Record<string, [message: string, hint: string, retryable?: boolean]>>}
 */
const clientProblems = {
  'permission-denied': [
    'This browser does not let the page reach apps on this computer.',
    'Click the icon left of the address, open the site settings, allow “Apps on device”, then try again.',
    true,
  ],
  'permission-dismissed': [
    'The browser’s question was closed without an answer.',
    'Try again, and choose Allow when the browser asks.',
    true,
  ],
  'blocked-by-permissions-policy': [
    'This page is not allowed to ask for the connection.',
    'For the page’s author: allow loopback-network in Permissions-Policy, and in an iframe’s allow attribute.',
  ],
  'blocked-by-csp': [
    'The page’s Content-Security-Policy forbids the connection.',
    'For the page’s author: add ws://127.0.0.1:5624 to connect-src.',
  ],
  'insecure-page': [
    'Only a page that came over https may run machines here.',
    'Open the page with https:// in its address.',
  ],
  'agent-not-found': [
    'Lodger does not run on this computer.',
    'Install Lodger, or start it where it is installed.',
    true,
  ],
  'helper-needed': [
    'This browser needs a small window of Lodger beside the page.',
    'Open the helper window and leave it open.',
    true,
  ],
  'popup-blocked': [
    'The browser did not open the helper window.',
    'Allow pop-up windows for this page and try again.',
    true,
  ],
  'helper-unreachable': [
    'The helper window does not answer this page.',
    'Is Lodger running? For the page’s author: Cross-Origin-Opener-Policy must not be same-origin.',
    true,
  ],
  'connection-lost': ['The connection to Lodger ended before it answered.', 'Try again in a moment.', true],
  'protocol-error': ['What answered does not speak Lodger’s protocol.', 'Is another program using the port?'],
  'display-unavailable': [
    'The display’s part of the library did not load.',
    'For the page’s author: lodger-display.mjs must lie beside lodger.mjs.',
    true,
  ],
  'response-invalid': ['The guest’s answer is not HTTP.', ''],
  'response-cut': ['The guest’s answer ended too early.', 'Try again.', true],
  'response-too-large': ['The guest’s answer is larger than was allowed.', 'Ask with a larger limit.'],
  'no-browser': ['Machines can only be opened by a page in a browser.', 'Do not call this on the server.'],
  'argument-invalid': ['An argument is not valid.', ''],
  aborted: ['The page took the request back.', '', true],
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
    const [message, hint, retryable] = clientProblems[code] ?? [code, '']
    super(details.message ?? message, details)
    this.name = 'LodgerError'
    /** @readonly */
    this.code = code
    /** @readonly */
    this.hint = details.hint ?? hint
    /** @readonly */
    this.retryable = details.retryable ?? retryable ?? false
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
