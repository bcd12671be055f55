import assert from 'node:assert/strict'
import test from 'node:test'
import { Agent } from '../src/agent.js'
import { memoryStorage } from '../src/storage.js'
import { FakeBrowser, golden, settle } from './fakes.js'

const configuration = 'https://project.example/vm.jws'
const stopped = golden('replies/session.open').session
const running = golden('replies/session.start').session
const resume = golden('replies/session.open').resume
const key = `lodger:session:${configuration}`
const kept = JSON.stringify({ session: stopped.id, resume })

async function opened({ reply = golden('replies/session.open'), storage = memoryStorage(), ...options } = {}) {
  const browser = new FakeBrowser({ permission: 'granted' })
  const agent = new Agent({ environment: browser.environment, storage })
  const opening = agent.open({ configuration: '/vm.jws', start: false, ...options })
  opening.catch(() => {})
  await settle()
  await browser.greet()
  const { id, ...body } = reply
  const request = await browser.answer(body.problem ?? body)
  return { browser, agent, opening, storage, request }
}

/** As `opened`, with the session and a list of what it tells. */
async function session(options) {
  const all = await opened(options)
  const session = await all.opening
  const told = []
  session.addEventListener('change', ({ detail }) => told.push(detail.state))
  session.addEventListener('progress', ({ detail }) => told.push(detail))
  session.addEventListener('ended', ({ detail }) => told.push(['ended', detail.reason, detail.problem?.code ?? null]))
  return { ...all, session, told }
}

test('opens the configuration by its whole address and keeps the token', async () => {
  const { request, session: found, storage } = await session()
  assert.deepEqual(request, golden('requests/session.open'))
  assert.equal(storage.getItem(key), kept)
  const { id, name, state, reason, accelerator, display, ports } = found
  assert.deepEqual({ id, name, state, reason, accelerator, display, ports }, stopped)
  assert.equal(found.configuration, configuration)
})

test('hands in the token that was kept, and keeps it where none comes back', async () => {
  const storage = memoryStorage()
  storage.setItem(key, kept)
  const { request, session: found } = await session({ storage, reply: golden('replies/session.open-resumed') })
  assert.deepEqual(request, golden('requests/session.open-resume'))
  assert.equal(found.state, 'running')
  assert.equal(storage.getItem(key), kept)
})

test('a storage that is full costs no reconnect', async () => {
  const storage = { ...memoryStorage(), setItem: () => assert.fail('full') }
  const { browser } = await session({ storage })
  browser.socket.fail()
  await settle()
  await browser.clock.pass(200)
  await browser.greet()
  await browser.answer({ sessions: [stopped] })
  assert.equal(browser.socket.requests.at(-1).resume, resume)
})

test('starts what is stopped, unless told not to', async () => {
  const { browser, opening } = await opened({ start: true })
  const found = await opening
  await settle()
  assert.deepEqual(browser.socket.requests.at(-1), golden('requests/session.start'))
  await browser.answer({ session: running })
  await found.started
  assert.equal(found.state, 'running')
  assert.equal(found.accelerator, 'kvm')

  const living = await opened({ start: true, reply: golden('replies/session.open-resumed') })
  await living.opening
  await settle()
  assert.equal(living.browser.socket.requests.length, 2)
})

test('a refusal carries the word, the sentence and the field', async () => {
  const { opening, storage } = await opened({ reply: golden('problems/configuration-invalid') })
  await assert.rejects(opening, { name: 'LodgerError', ...golden('problems/configuration-invalid').problem, after: null })
  assert.equal(storage.getItem(key), null)
})

test('each method sends its request and takes the reply', async () => {
  const { browser, session: found, told } = await session()
  for (const word of ['start', 'pause', 'resume', 'stop']) {
    const done = found[word]()
    await settle()
    const { id, ...request } = await browser.answer({ session: golden(`replies/session.${word}`).session })
    await done
    const { id: _, ...expected } = golden(`requests/session.${word}`)
    assert.deepEqual(request, expected)
  }
  assert.deepEqual(told, ['running', 'paused', 'running', 'stopped', ['ended', 'stopped-by-page', null]])
})

test('tells progress and what ends the machine', async () => {
  const { browser, session: found, told } = await session({ reply: golden('replies/session.open-resumed') })
  browser.socket.receive(golden('events/session.progress'))
  const { step, bytes, total, rate, remaining } = golden('events/session.progress')
  assert.deepEqual(found.progress, { step, bytes, total, rate, remaining })
  browser.socket.receive(golden('events/session.changed'))
  assert.deepEqual(told, [{ step, bytes, total, rate, remaining }, 'stopped', ['ended', 'machine-crashed', null]])
  assert.equal(found.progress, null)
})

test('a start that fails is told once', async () => {
  const { browser, session: found, told } = await session()
  const started = found.start()
  await settle()
  browser.socket.receive({ event: 'session.changed', session: { ...stopped, state: 'starting' } })
  browser.socket.receive({ event: 'session.changed', session: { ...stopped, reason: 'start-failed' } })
  await browser.answer({ code: 'machine-failed' })
  await assert.rejects(started, { code: 'machine-failed' })
  assert.deepEqual(told, ['starting', 'stopped', ['ended', 'start-failed', 'machine-failed']])
  assert.equal(found.problem.code, 'machine-failed')
})

test('forget drops the token, and the session answers nothing more', async () => {
  const { browser, session: found, storage } = await session()
  const forgotten = found.forget()
  await settle()
  await browser.answer({})
  await forgotten
  assert.equal(storage.getItem(key), null)
  assert.equal(found.forgotten, true)
  await assert.rejects(found.start(), { code: 'session-unknown' })

  const other = await session()
  other.browser.socket.receive(golden('events/session.forgotten'))
  assert.equal(other.session.forgotten, true)
  assert.equal(other.storage.getItem(key), null)
})

test('tells when the owner is asked and has answered', async () => {
  const { browser, agent } = await session()
  const told = []
  agent.addEventListener('consent', ({ detail }) => told.push(detail))
  browser.socket.receive(golden('events/consent.pending'))
  browser.socket.receive(golden('events/consent.decided'))
  const { consent } = golden('events/consent.pending')
  assert.deepEqual(told, [
    { consent, pending: true, allowed: null },
    { consent, pending: false, allowed: true },
  ])
})

test('after a loss the session is found again without a question, and requests wait for that', async () => {
  const storage = memoryStorage()
  storage.setItem(key, kept)
  const { browser, session: found, told } = await session({ storage, reply: golden('replies/session.open-resumed') })
  browser.socket.fail()
  const paused = found.pause()
  await settle()
  await browser.clock.pass(200)
  await browser.greet()
  assert.equal(browser.socket.requests.at(-1).request, 'session.list')
  await browser.answer({ sessions: [running] })
  const { id, ...reopened } = browser.socket.requests.at(-1)
  assert.deepEqual(reopened, { request: 'session.open', configuration, resume })
  await browser.answer({ session: running })
  assert.equal(browser.socket.requests.at(-1).request, 'session.pause')
  await browser.answer({ session: golden('replies/session.pause').session })
  await paused
  assert.deepEqual(told, ['running', 'paused'])
})

test('a session that is gone after a loss is told so, and is not opened again', async () => {
  const { browser, session: found, told } = await session({ reply: golden('replies/session.open-resumed') })
  browser.socket.fail()
  const ticket = found.openDisplay()
  ticket.catch(() => {})
  await browser.clock.pass(200)
  await browser.greet()
  await browser.answer({ sessions: [] })
  await assert.rejects(ticket, { code: 'session-unknown' })
  assert.deepEqual(told, ['stopped', ['ended', null, 'session-unknown']])
  assert.deepEqual(browser.socket.requests.map(({ request }) => request), ['hello', 'session.list'])
})

test('a request that the loss cut off fails as such', async () => {
  const { browser, session: found } = await session()
  const started = found.start()
  await settle()
  browser.socket.fail()
  await assert.rejects(started, { code: 'connection-lost', retryable: true })
})

test('taking back the only question ends the connection, so that it goes away', async () => {
  const browser = new FakeBrowser({ permission: 'granted' })
  const agent = new Agent({ environment: browser.environment, storage: memoryStorage() })
  const controller = new AbortController()
  const opening = agent.open({ configuration, signal: controller.signal })
  opening.catch(() => {})
  await settle()
  const socket = await browser.greet()
  assert.equal(socket.requests.at(-1).request, 'session.open')
  controller.abort()
  await assert.rejects(opening, { code: 'aborted' })
  assert.equal(socket.readyState, 3)
  await assert.rejects(agent.open({ configuration, signal: controller.signal }), { code: 'aborted' })
})

test('tells the states to whoever opens', async () => {
  const browser = new FakeBrowser({ permission: 'denied' })
  const agent = new Agent({ environment: browser.environment, storage: memoryStorage() })
  const told = []
  const opening = agent.open({ configuration, wait: false, onstate: (state, problem) => told.push([state, problem?.code ?? null]) })
  await assert.rejects(opening, { code: 'permission-denied' })
  assert.deepEqual(told, [['idle', null], ['connecting', null], ['denied', 'permission-denied']])
  await assert.rejects(agent.open({ configuration: 'https://[' }), { code: 'argument-invalid', field: 'configuration' })
})

test('a reload finds the session without a question', async () => {
  const storage = memoryStorage()
  storage.setItem(key, kept)
  const browser = new FakeBrowser({ permission: 'granted' })
  const agent = new Agent({ environment: browser.environment, storage })
  const finding = agent.find({ configuration })
  await settle()
  await browser.greet()
  await browser.answer({ sessions: [running] })
  const { id, ...request } = await browser.answer({ session: running })
  assert.deepEqual(request, { request: 'session.open', configuration, resume })
  assert.equal((await finding).state, 'running')
})

test('a reload that finds nothing asks nobody', async () => {
  const fresh = new FakeBrowser()
  assert.equal(await new Agent({ environment: fresh.environment, storage: memoryStorage() }).find({ configuration }), null)
  assert.equal(fresh.sockets.length, 0)

  for (const text of ['{', '7', '"token"', kept]) {
    const storage = memoryStorage()
    storage.setItem(key, text)
    const browser = new FakeBrowser({ permission: 'granted' })
    const finding = new Agent({ environment: browser.environment, storage }).find({ configuration })
    await settle()
    if (text === kept) {
      await browser.greet()
      await browser.answer({ sessions: [] })
    }
    assert.equal(await finding, null)
    assert.ok(browser.sockets.every(({ requests }) => requests.every(({ request }) => request !== 'session.open')))
  }
})
