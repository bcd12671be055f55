/**
 * Sees Control and Alt pressed together and let go with no other key between: the way out of the machine's keyboard.
 *
 * With a third key it is the machine's, as Ctrl+Alt+F2 is. AltGr is another key than Alt.
 */
export class EscapeChord {
  /** @type {Set<string>} */
  #held = new Set()
  #complete = false

  /** @param {{ key: string, repeat?: boolean }} event */
  pressed({ key, repeat }) {
    if (repeat) return
    if (key === 'Control' || key === 'Alt') this.#held.add(key)
    else this.#held.clear()
    this.#complete = this.#held.size === 2
  }

  /**
   * Whether this release makes the chord whole.
   *
   * @param {{ key: string }} event
   */
  released({ key }) {
    const whole = this.#complete && this.#held.has(key)
    this.reset()
    return whole
  }

  reset() {
    this.#held.clear()
    this.#complete = false
  }
}
