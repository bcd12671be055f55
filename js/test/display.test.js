import assert from 'node:assert/strict'
import test from 'node:test'
import { EscapeChord } from '../src/display/escape-chord.js'
import { duration, size, status } from '../src/display/status.js'

const machine = { state: 'running', reason: null, progress: null, problem: null, display: true }

function chord(...keys) {
  const escape = new EscapeChord()
  return keys.map((key) => (key[0] === '+' ? escape.pressed({ key: key.slice(1) }) : escape.released({ key: key.slice(1) }))).includes(true)
}

test('Control and Alt together, and nothing else, leave the keyboard', () => {
  assert.equal(chord('+Control', '+Alt', '-Alt'), true)
  assert.equal(chord('+Alt', '+Control', '-Alt', '-Control'), true)
  assert.equal(chord('+Control', '+Alt', '+F2', '-F2', '-Alt', '-Control'), false)
  assert.equal(chord('+Control', '-Control', '+Alt', '-Alt'), false)
  assert.equal(chord('+Control', '+AltGraph', '-AltGraph', '-Control'), false)
  assert.equal(chord('+x', '+Control', '+Alt', '-x', '-Alt'), false)
  assert.equal(chord('+Control', '+c', '-c', '-Control', '+Control', '+Alt', '-Control'), true)
})

test('a key that repeats changes nothing', () => {
  const escape = new EscapeChord()
  escape.pressed({ key: 'Control' })
  escape.pressed({ key: 'Alt' })
  escape.pressed({ key: 'Alt', repeat: true })
  assert.equal(escape.released({ key: 'Control' }), true)
})

test('a running machine with a picture needs no words', () => {
  assert.equal(status(machine, 'connected'), null)
  assert.equal(status(null, 'none'), null)
})

test('each other state has words, and only what goes on is busy', () => {
  const rows = [
    [{ state: 'stopped' }, 'none', 'Switched off', false],
    [{ state: 'preparing' }, 'none', 'Preparing…', true],
    [{ state: 'starting' }, 'none', 'Starting…', true],
    [{ state: 'stopping' }, 'connected', 'Switching off…', true],
    [{ state: 'paused' }, 'connected', 'Paused', false],
    [{ state: 'running' }, 'connecting', 'Connecting…', true],
    [{ state: 'running' }, 'reconnecting', 'Reconnecting…', true],
    [{ state: 'running', display: false }, 'none', 'Running', false],
  ]
  for (const [change, viewer, title, busy] of rows) {
    const told = status({ ...machine, ...change }, viewer)
    assert.deepEqual([told.title, told.busy], [title, busy])
  }
})

test('tells why nothing runs', () => {
  assert.equal(status({ ...machine, state: 'stopped', reason: 'machine-crashed' }, 'none').detail, 'The machine stopped unexpectedly.')
  const problem = { message: 'The download failed.', hint: 'Try again.' }
  assert.equal(status({ ...machine, state: 'stopped', problem }, 'none').detail, 'The download failed. Try again.')
})

test('tells how far a download is, as far as that is known', () => {
  const progress = { step: 'downloading', bytes: 1_048_576, total: 13_800_000, rate: 500_000, remaining: 25 }
  const told = status({ ...machine, state: 'preparing', progress }, 'none')
  assert.equal(told.detail, '1.0 MB of 13.8 MB · 500 kB/s · 25 s left')
  assert.ok(Math.abs(told.fraction - 0.076) < 0.001)
  const unmeasured = status({ ...machine, state: 'preparing', progress: { ...progress, total: null, rate: null, remaining: null } }, 'none')
  assert.deepEqual([unmeasured.detail, unmeasured.fraction], ['1.0 MB', null])
})

test('numbers are written for people', () => {
  assert.deepEqual([0, 999, 1000, 99_949, 250_000_000, 3.2e12].map(size), ['0 bytes', '999 bytes', '1.0 kB', '99.9 kB', '250 MB', '3.2 TB'])
  assert.deepEqual([0.2, 25, 89, 90, 600, 7200].map(duration), ['1 s', '25 s', '89 s', '2 min', '10 min', '2 h'])
})
