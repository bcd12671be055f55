import assert from 'node:assert/strict'
import test from 'node:test'
import { Agent } from '../src/agent.js'
import { memoryStorage } from '../src/storage.js'
import { FakeBrowser, golden, settle } from './fakes.js'

function page(options) {
  const browser = new FakeBrowser(options)
  const agent = new Agent({ environment: browser.environment, storage: memoryStorage() })
  const states = []
  agent.addEventListener('state', ({ detail }) => states.push(detail.problem ? `${detail.state}: ${detail.problem.code}` : detail.state))
  return { browser, agent, states }
}

async function connecting(options) {
  const all = page(options)
  const ready = all.agent.connect()
  ready.catch(() => {})
  await settle()
  return { ...all, ready }
}

test('says hello first, as the golden file does', async () => {
  const { browser, agent, ready, states } = await connecting({ permission: 'granted' })
  assert.equal(browser.socket.url, 'ws://127.0.0.1:5624/v1')
  assert.equal(browser.socket.offered, 'lodger.v1')
  await browser.greet()
  await ready
  assert.deepEqual(browser.socket.requests, [golden('requests/hello')])
  assert.deepEqual(states, ['connecting', 'ready'])
  assert.equal(agent.daemonVersion, '0.1.0')
  assert.equal(agent.site, 'https://project.example')
})

test('tells that the browser asks after 700 ms, and waits for minutes', async () => {
  const { browser, ready, states } = await connecting()
  await browser.clock.pass(699)
  assert.deepEqual(states, ['connecting'])
  await browser.clock.pass(1)
  assert.deepEqual(states, ['connecting', 'asking-permission'])
  await browser.clock.pass(300_000)
  assert.equal(browser.sockets.length, 1)
  browser.decide('granted')
  await browser.greet()
  await ready
  assert.equal(browser.sockets.length, 1, 'the connection that waited is used')
  assert.deepEqual(states, ['connecting', 'asking-permission', 'ready'])
})

test('retries at once where the answer came after the daemon had closed the silent connection', async () => {
  const { browser, ready, states } = await connecting()
  await browser.clock.pass(60_000)
  browser.decide('granted')
  browser.socket.fail()
  await settle()
  assert.equal(browser.sockets.length, 2)
  await browser.greet()
  await ready
  assert.deepEqual(states, ['connecting', 'asking-permission', 'connecting', 'ready'])
})

test('opens no socket where the permission is denied, and goes on when it is given', async () => {
  const { browser, ready, states, agent } = await connecting({ permission: 'denied' })
  assert.equal(browser.sockets.length, 0)
  assert.deepEqual(states, ['connecting', 'denied: permission-denied'])
  assert.ok(agent.problem.hint)
  await browser.clock.pass(600_000)
  assert.equal(browser.sockets.length, 0)
  browser.decide('granted')
  await settle()
  await browser.greet()
  await ready
})

test('is denied when the visitor blocks', async () => {
  const { browser, states } = await connecting()
  await browser.clock.pass(1000)
  browser.decide('denied')
  browser.socket.fail()
  await settle()
  assert.deepEqual(states, ['connecting', 'asking-permission', 'denied: permission-denied'])
  await browser.clock.pass(600_000)
  assert.equal(browser.sockets.length, 1)
})

test('does not ask again by itself when the question was dismissed', async () => {
  const { browser, states, agent } = await connecting()
  await browser.clock.pass(1000)
  browser.socket.fail()
  await settle()
  assert.equal(states.at(-1), 'denied: permission-dismissed')
  await browser.clock.pass(600_000)
  assert.equal(browser.sockets.length, 1)
  agent.retry()
  await settle()
  assert.equal(browser.sockets.length, 2)
})

test('polls with growing waits where nothing listens, and comes in when something does', async () => {
  for (const permission of ['prompt', 'unknown', 'granted']) {
    const { browser, ready, states } = await connecting({ permission })
    const waits = []
    while (waits.length < 8) {
      const before = browser.sockets.length
      browser.socket.fail()
      await settle()
      if (browser.sockets.length > before) continue // the one retry at once
      waits.push(browser.clock.waits[0])
      await browser.clock.pass(waits.at(-1))
    }
    const first = permission === 'granted' ? [1000, 2000, 4000, 8000] : [500, 1000, 2000, 4000, 8000]
    assert.deepEqual(waits.slice(0, first.length + 2), [...first, 10_000, 10_000], permission)
    assert.equal(states.at(-1), 'not-installed: agent-not-found')
    await browser.greet()
    await ready
    assert.equal(states.at(-1), 'ready')
  }
})

test('a granted page whose daemon is off retries once, then polls', async () => {
  const { browser, states } = await connecting({ permission: 'granted' })
  browser.socket.fail()
  await settle()
  assert.equal(browser.sockets.length, 2)
  assert.deepEqual(states, ['connecting'])
  browser.socket.fail()
  await settle()
  assert.equal(browser.sockets.length, 2)
  assert.deepEqual(states, ['connecting', 'not-installed: agent-not-found'])
})

test('looks more often after the visitor has started the daemon', async () => {
  const { browser, agent, states } = await connecting()
  for (let failures = 0; failures < 6; failures++) {
    browser.socket.fail()
    await settle()
    await browser.clock.pass(browser.clock.waits[0])
  }
  browser.socket.fail()
  await settle()
  agent.launched()
  assert.equal(states.at(-1), 'starting')
  assert.ok(browser.clock.waits[0] <= 500)
  for (let failures = 0; failures < 25; failures++) {
    await browser.clock.pass(browser.clock.waits[0])
    browser.socket.fail()
    await settle()
  }
  assert.equal(states.at(-1), 'not-installed: agent-not-found')
})

test('a hidden page polls nothing until it is seen', async () => {
  const { browser } = await connecting()
  browser.socket.fail()
  await settle()
  browser.document.visibilityState = 'hidden'
  await browser.clock.pass(60_000)
  assert.equal(browser.sockets.length, 1)
  browser.document.visibilityState = 'visible'
  browser.document.dispatchEvent(new Event('visibilitychange'))
  await settle()
  assert.equal(browser.sockets.length, 2)
})

test('needs the helper where the browser throws, and on https in WebKit', async () => {
  const thrown = page()
  thrown.browser.refusal = new DOMException('no', 'SecurityError')
  thrown.agent.connect().catch(() => {})
  await settle()
  assert.deepEqual(thrown.states, ['connecting', 'needs-helper: helper-needed'])

  const webkit = await connecting({ permission: 'unknown', vendor: 'Apple Computer, Inc.' })
  assert.deepEqual(webkit.states, ['connecting', 'needs-helper: helper-needed'])
  assert.equal(webkit.browser.sockets.length, 0)

  const local = await connecting({ permission: 'unknown', vendor: 'Apple Computer, Inc.', location: 'http://localhost:8000/' })
  assert.equal(local.browser.sockets.length, 1)
})

test('a page that is not secure is told so at once', async () => {
  for (const location of ['http://project.example/', 'file:///home/visitor/page.html']) {
    const { browser, ready, states } = await connecting({ location })
    await assert.rejects(ready, { code: 'insecure-page' })
    assert.deepEqual(states, ['connecting', 'denied: insecure-page'])
    assert.equal(browser.sockets.length, 0)
  }
})

test('a policy of the page that forbids the connection is named', async () => {
  const { browser, ready, states } = await connecting({ permission: 'granted' })
  const violation = Object.assign(new Event('securitypolicyviolation'), { blockedURI: 'ws://127.0.0.1:5624', disposition: 'enforce' })
  browser.document.dispatchEvent(violation)
  await assert.rejects(ready, { code: 'blocked-by-csp' })
  assert.equal(states.at(-1), 'denied: blocked-by-csp')

  const framed = page({ permission: 'denied' })
  framed.browser.document.permissionsPolicy = { features: () => ['loopback-network'], allowsFeature: () => false }
  await assert.rejects(framed.agent.connect(), { code: 'blocked-by-permissions-policy' })
})

test('a daemon of another version is told apart', async () => {
  const { browser, ready, states } = await connecting({ permission: 'granted' })
  browser.socket.accept()
  await settle()
  browser.socket.refuse(browser.socket.requests[0], 'version-unsupported', { message: 'Too new a page.' })
  await assert.rejects(ready, { code: 'version-unsupported', message: 'Too new a page.' })
  assert.equal(states.at(-1), 'version-too-old: version-unsupported')
})

test('a daemon that says no to hello is not asked again, and its words are told', async () => {
  const { browser, ready, states } = await connecting({ permission: 'granted' })
  browser.socket.accept()
  await settle()
  browser.socket.refuse(browser.socket.requests[0], 'site-blocked', { message: 'The owner blocked this site.' })
  await assert.rejects(ready, { code: 'site-blocked', message: 'The owner blocked this site.' })
  assert.equal(states.at(-1), 'denied: site-blocked')
  await browser.clock.pass(60_000)
  assert.equal(browser.sockets.length, 1)
})

test('a daemon that drops the page at once is left in peace more and more', async () => {
  const { browser, ready } = await connecting({ permission: 'granted' })
  await browser.greet()
  await ready
  const waits = []
  for (let loss = 0; loss < 5; loss++) {
    browser.socket.fail()
    await settle()
    waits.push(Math.min(...browser.clock.waits))
    await browser.clock.pass(waits.at(-1))
    await browser.greet()
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1600])
  await browser.clock.pass(10_000)
  browser.socket.fail()
  await settle()
  assert.equal(Math.min(...browser.clock.waits), 100)
})

test('what is no daemon of ours counts as none', async () => {
  for (const answer of ['hello?', '{"id":1,"reply":"hello"}']) {
    const { browser, states } = await connecting()
    browser.socket.accept()
    await settle()
    browser.socket.receive(answer)
    await settle()
    assert.equal(states.at(-1), 'not-installed: agent-not-found', answer)
  }
  const silent = await connecting()
  silent.browser.socket.accept()
  await silent.browser.clock.pass(10_000)
  assert.equal(silent.states.at(-1), 'not-installed: agent-not-found')
})

test('waits no longer than it was told to', async () => {
  const { browser, agent } = page()
  const impatient = agent.connect({ wait: false })
  impatient.catch(() => {})
  await settle()
  browser.socket.fail()
  await assert.rejects(impatient, { code: 'agent-not-found', retryable: true })
  await assert.rejects(agent.connect({ wait: false }), { code: 'agent-not-found' })

  const controller = new AbortController()
  const aborted = agent.connect({ signal: controller.signal })
  controller.abort('enough')
  await assert.rejects(aborted, { code: 'aborted', cause: 'enough' })
})

test('comes back by itself after a loss, often at first', async () => {
  const { browser, ready, states } = await connecting({ permission: 'granted' })
  await browser.greet()
  await ready
  browser.socket.fail()
  await settle()
  assert.equal(states.at(-1), 'connecting')
  const waits = []
  while (waits.length < 9) {
    if (browser.socket.readyState === 3) {
      waits.push(browser.clock.waits[0])
      await browser.clock.pass(waits.at(-1))
    }
    browser.socket.fail()
    await settle()
  }
  assert.ok(Math.max(...waits) <= 1500, waits.join())
  assert.equal(states.at(-1), 'not-installed: agent-not-found')
  await browser.clock.pass(1500)
  await browser.greet()
  assert.equal(states.at(-1), 'ready')
})

test('a closed agent does nothing more', async () => {
  const { browser, ready, agent } = await connecting()
  agent.close()
  await assert.rejects(ready, { code: 'connection-lost' })
  await browser.clock.pass(600_000)
  assert.equal(browser.sockets.length, 1)
  assert.equal(browser.socket.readyState, 3)
  await assert.rejects(agent.connect(), { code: 'connection-lost' })
})

test('a browser that holds sockets back after failures is not taken for one that asks', async () => {
  // Firefox, whose word is always prompt: after a few failures a refusal takes seconds to come.
  const { browser, states } = await connecting({ vendor: '' })
  for (const held of [10, 100, 300, 600, 1000, 1600, 2600, 4000, 6100, 9200, 14_000, 20_000, 40_000, 60_000]) {
    await browser.clock.pass(held)
    browser.socket.fail()
    await settle()
    const sockets = browser.sockets.length
    while (browser.sockets.length === sockets) await browser.clock.pass(browser.clock.waits[0])
  }
  assert.deepEqual(states, ['connecting', 'not-installed: agent-not-found'])

  const chromium = await connecting()
  for (const held of [...Array(12).fill(10), 600, 1200, 3400, 5000, 5000]) {
    await chromium.browser.clock.pass(held)
    chromium.browser.socket.fail()
    await settle()
    const sockets = chromium.browser.sockets.length
    while (chromium.browser.sockets.length === sockets) await chromium.browser.clock.pass(chromium.browser.clock.waits[0])
  }
  assert.deepEqual(chromium.states, ['connecting', 'not-installed: agent-not-found'])
})

test('Firefox may be asking too, and its question may be dismissed without an end to the polling', async () => {
  const { browser, states } = await connecting({ vendor: '' })
  await browser.clock.pass(1000)
  assert.equal(states.at(-1), 'asking-permission')
  browser.socket.fail()
  await settle()
  assert.equal(states.at(-1), 'not-installed: agent-not-found')
})
