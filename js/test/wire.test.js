import assert from 'node:assert/strict'
import test from 'node:test'
import { LodgerError } from '../src/errors.js'
import { parse, requests, session } from '../src/wire.js'
import { golden, goldenNames } from './fakes.js'

const id = '6f1c2d3e-4b5a-4978-8695-a4b3c2d1e0f9'
const sent = {
  'requests/hello': requests.hello(),
  'requests/session.open': requests.open('https://project.example/vm.jws'),
  'requests/session.open-resume': requests.open(
    'https://project.example/vm.jws',
    'q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c',
  ),
  'requests/session.start': requests.start(id),
  'requests/session.pause': requests.pause(id),
  'requests/session.resume': requests.resume(id),
  'requests/session.stop': requests.stop(id),
  'requests/session.forget': requests.forget(id),
  'requests/session.list': requests.list(),
  'requests/display.ticket': requests.displayTicket(id),
  'requests/port.ticket': requests.portTicket(id, 80),
}

test('every request is the golden one', () => {
  // The helper window writes hello-bridge; bridge.test.js reads that file.
  const names = goldenNames('requests').filter((name) => name !== 'requests/hello-bridge')
  assert.deepEqual(names.sort(), Object.keys(sent).sort())
  for (const name of names) {
    const { id, ...body } = golden(name)
    assert.equal(typeof id, 'number')
    assert.deepEqual(sent[name], body, name)
  }
})

test('every golden reply is read', () => {
  for (const name of goldenNames('replies')) {
    const file = golden(name)
    const message = parse(JSON.stringify(file))
    assert.deepEqual(message, { kind: 'reply', id: file.id, word: file.reply, body: file }, name)
    for (const object of [file.session, ...(file.sessions ?? [])]) if (object) assert.deepEqual(session(object), object)
  }
})

test('every golden problem becomes the error', () => {
  for (const name of goldenNames('problems')) {
    const file = golden(name)
    const message = parse(JSON.stringify(file))
    assert.equal(message.kind, 'problem')
    assert.equal(message.id, file.id)
    assert.ok(message.error instanceof LodgerError)
    const { code, message: sentence, hint, retryable, field, after } = message.error
    const expected = { field: null, after: null, ...file.problem }
    assert.deepEqual({ code, message: sentence, hint, retryable, field, after }, expected, name)
  }
})

test('every golden event is read', () => {
  const read = Object.fromEntries(goldenNames('events').map((name) => [name, parse(JSON.stringify(golden(name)))]))
  const { step, bytes, total, rate, remaining } = golden('events/session.progress')
  const consent = golden('events/consent.pending').consent
  assert.deepEqual(read, {
    'events/consent.decided': { kind: 'consent', consent, allowed: true },
    'events/consent.pending': { kind: 'consent', consent, allowed: null },
    'events/session.changed': { kind: 'session.changed', session: golden('events/session.changed').session },
    'events/session.forgotten': { kind: 'session.forgotten', session: id },
    'events/session.progress': {
      kind: 'session.progress',
      session: id,
      progress: { step, bytes, total, rate, remaining },
    },
    'events/session.progress-unmeasured': {
      kind: 'session.progress',
      session: id,
      progress: { step: 'starting', bytes: null, total: null, rate: null, remaining: null },
    },
  })
})

test('unknown members and unknown events are no fault', () => {
  assert.deepEqual(parse('{"event":"weather","sun":true}'), { kind: 'unknown' })
  assert.deepEqual(session({ ...golden('replies/session.open').session, colour: 'red' }), golden('replies/session.open').session)
})

test('what is no message is refused', () => {
  for (const text of ['', '[]', 'null', '{', '{"event":"session.changed","session":{}}', '{"event":"session.forgotten"}', 7]) {
    assert.throws(() => parse(text), { code: 'protocol-error' }, String(text))
  }
})
