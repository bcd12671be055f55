import { Agent } from './agent.js'

export { Agent } from './agent.js'
export { setDisplayModule } from './display-module.js'
export { LodgerError } from './errors.js'
export { Session } from './session.js'
export { version } from './version.js'

/** @type {Map<number, Agent>} */
const agents = new Map()

/**
 * The daemon behind a port; the same object for everybody on the page.
 *
 * @param {{ port?: number | undefined }} options
 * @returns {Agent}
 */
export function agent({ port = 5624 } = {}) {
  let found = agents.get(port)
  if (!found) agents.set(port, (found = new Agent({ port })))
  return found
}

/**
 * Opens the session of a configuration and starts its machine.
 *
 * @param {import('./agent.js').OpenOptions & { port?: number }} options
 * @returns {Promise<import('./session.js').Session>}
 */
export function open(options) {
  return agent({ port: options.port }).open(options)
}

/**
 * The session that this page has opened before it was loaded again, or null; asks nobody.
 *
 * @param {Omit<import('./agent.js').OpenOptions, 'start'> & { port?: number }} options
 * @returns {Promise<import('./session.js').Session | null>}
 */
export function find(options) {
  return agent({ port: options.port }).find(options)
}

/**
 * Opens the daemon's window beside the page, for browsers that need it; to be called from a click.
 *
 * @param {{ port?: number }} [options]
 */
export function openHelperWindow(options) {
  return agent(options).openHelperWindow()
}
