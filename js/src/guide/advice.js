/** @typedef {import('./strings.js').GuideStrings} GuideStrings */

/**
 * What the guide tells the visitor now.
 *
 * @typedef {object} Advice
 * @property {string} title
 * @property {string} [why]
 * @property {{ text: string, command: string }} [step]
 * @property {'start' | 'retry' | 'helper'} [action] what the visitor may click
 * @property {boolean} waits whether the page goes on by itself
 */

/**
 * The one thing that the visitor can do, or null where there is nothing to do.
 *
 * @param {import('../machine.js').ConnectionState} state
 * @param {string | null} problem the code of what the daemon refused
 * @param {GuideStrings} words
 * @param {boolean} runsHere whether Lodger exists for this computer
 * @returns {Advice | null}
 */
export function advice(state, problem, words, runsHere) {
  switch (state) {
    case 'not-installed':
      if (!runsHere) return { title: words.otherTitle, why: words.otherWhy, waits: false }
      return {
        title: words.installTitle,
        why: words.installWhy,
        step: { text: words.installStep, command: words.installCommand },
        action: 'start',
        waits: true,
      }
    case 'starting':
      return { title: words.startingTitle, waits: true }
    case 'asking-permission':
      return { title: words.askingTitle, why: words.askingWhy, waits: true }
    case 'denied':
      return { title: words.deniedTitle, why: words.deniedWhy, action: 'retry', waits: false }
    case 'needs-helper':
      return { title: words.helperTitle, why: words.helperWhy, action: 'helper', waits: false }
    case 'version-too-old':
      return { title: words.oldTitle, step: { text: words.oldStep, command: words.oldCommand }, action: 'retry', waits: false }
    case 'ready':
      if (problem !== 'hypervisor-missing') return null
      return {
        title: words.setupTitle,
        why: words.setupWhy,
        step: { text: words.setupStep, command: words.setupCommand },
        action: 'retry',
        waits: false,
      }
    default:
      return null
  }
}

/**
 * Whether Lodger exists for the computer that a browser says it runs on.
 *
 * @param {string} userAgent
 */
export function runsOn(userAgent) {
  return /Linux/.test(userAgent) && !/Android/.test(userAgent)
}
