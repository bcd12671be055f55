/** @typedef {import('../wire.js').SessionState} SessionState */
/** @typedef {import('../wire.js').Progress} Progress */
/** @typedef {'none' | 'connecting' | 'connected' | 'reconnecting'} ViewerState */

/**
 * @typedef {object} Status what lies over the picture
 * @property {string} title
 * @property {string} detail
 * @property {boolean} busy
 * @property {number | null} fraction how far it is, from 0 to 1
 */

/** @type {Readonly<Record<string, string>>} */
const reasons = {
  'stopped-by-page': '',
  'stopped-by-owner': 'You stopped it from outside this page.',
  'paused-by-page': '',
  'paused-by-owner': 'You paused it from outside this page.',
  'guest-powered-off': 'It switched itself off.',
  'machine-crashed': 'The machine stopped unexpectedly.',
  'lifetime-over': 'Its time is over.',
  'page-closed': 'The page that ran it was closed.',
  'start-failed': 'It did not start.',
  'site-revoked': 'You withdrew this site’s permission.',
}

/**
 * What a session looks like to a display.
 *
 * @typedef {object} Shown
 * @property {SessionState} state
 * @property {string | null} reason
 * @property {Progress | null} progress
 * @property {{ message: string, hint: string } | null} problem
 * @property {boolean} display
 */

/**
 * What to tell over the picture; null where the picture speaks for itself.
 *
 * @param {Shown | null} session
 * @param {ViewerState} viewer
 * @returns {Status | null}
 */
export function status(session, viewer) {
  if (!session) return viewer === 'connecting' ? busy('Connecting…') : null
  switch (session.state) {
    case 'stopped':
      if (session.problem) return calm('Not running', `${session.problem.message} ${session.problem.hint}`.trim())
      return calm('Switched off', reasons[session.reason ?? ''] ?? '')
    case 'preparing':
      return preparing(session.progress)
    case 'starting':
      return busy('Starting…')
    case 'stopping':
      return busy('Switching off…')
    case 'paused':
      return calm('Paused', reasons[session.reason ?? ''] ?? '')
    case 'running':
      if (!session.display) return calm('Running', 'This machine has no display.')
      if (viewer === 'connected') return null
      return busy(viewer === 'reconnecting' ? 'Reconnecting…' : 'Connecting…')
    default:
      return null
  }
}

/** @param {Progress | null} progress */
function preparing(progress) {
  if (progress?.step !== 'downloading') return busy('Preparing…')
  const { bytes, total, rate, remaining } = progress
  const parts = []
  if (bytes !== null) parts.push(total === null ? size(bytes) : `${size(bytes)} of ${size(total)}`)
  if (rate !== null) parts.push(`${size(rate)}/s`)
  if (remaining !== null) parts.push(`${duration(remaining)} left`)
  const fraction = bytes !== null && total ? Math.min(1, bytes / total) : null
  return { title: 'Downloading…', detail: parts.join(' · '), busy: true, fraction }
}

/**
 * A number of bytes for people.
 *
 * @param {number} bytes
 */
export function size(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let value = bytes
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/**
 * A number of seconds for people.
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3600)} h`
}

/** @param {string} title */
function busy(title) {
  return { title, detail: '', busy: true, fraction: null }
}

/**
 * @param {string} title
 * @param {string} detail
 */
function calm(title, detail) {
  return { title, detail, busy: false, fraction: null }
}
