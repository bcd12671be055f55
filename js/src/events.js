/**
 * An `EventTarget` whose events' names and details are known: `M` maps each name to the type of `detail`.
 *
 * @template M
 * @typedef {object} TypedEvents
 * @property {<K extends keyof M & string>(type: K, listener: (event: CustomEvent<M[K]>) => void,
 *   options?: boolean | AddEventListenerOptions) => void} addEventListener
 * @property {<K extends keyof M & string>(type: K, listener: (event: CustomEvent<M[K]>) => void,
 *   options?: boolean | EventListenerOptions) => void} removeEventListener
 * @property {(event: Event) => boolean} dispatchEvent
 */

/**
 * @template M
 * @typedef {new () => TypedEvents<M>} TypedEventTarget
 */

/** `EventTarget`, to be given the types of a class's own events. */
export const typedEventTarget = /** @type {unknown} */ (EventTarget)
