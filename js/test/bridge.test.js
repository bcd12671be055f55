import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import vm from 'node:vm'
import { Agent } from '../src/agent.js'
import { memoryStorage } from '../src/storage.js'
import { FakeBrowser, FakeSocket, golden, settle } from './fakes.js'

const script = readFileSync(new URL('../../Sources/Bridge/Pages/bridge.js', import.meta.url), 'utf8')
const page = readFileSync(new URL('../../Sources/Bridge/Pages/bridge.html', import.meta.url), 'utf8')
const helperOrigin = 'http://127.0.0.1:5624'
const safari = { permission: 'unknown', vendor: 'Apple Computer, Inc.' }

/** A window of the daemon's, with the page's own script running in it. */
class HelperPage {
  sockets = []
  closed = false
  #listeners = new Map()
  texts = {}
  #ticks = []

  constructor(opener, hash) {
    const helper = this
    const elements = new Map(['what', 'site', 'advice'].map((id) => [id, { set textContent(text) { helper.texts[id] = text } }]))
    const globals = {
      document: { getElementById: (id) => elements.get(id), adoptedStyleSheets: [] },
      location: { host: '127.0.0.1:5624', hash },
      CSSStyleSheet: class { replaceSync() {} },
      WebSocket: class extends FakeSocket {
        constructor(url, protocol) {
          super(url, protocol)
          helper.sockets.push(this)
        }
      },
      URL, Map, Set, ArrayBuffer, setTimeout,
      setInterval: (callback) => helper.#ticks.push(callback),
      addEventListener: (type, listener) => helper.#listeners.set(type, listener),
      close: () => (helper.closed = true),
    }
    globals.window = { opener }
    vm.runInNewContext(script, globals)
  }

  get socket() {
    return this.sockets.at(-1)
  }

  tick() {
    for (const callback of this.#ticks) callback()
  }

  hide() {
    this.#listeners.get('pagehide')?.()
  }

  deliver(event) {
    this.#listeners.get('message')?.(event)
  }
}

/** A browser whose page opens the helper window, and what joins the two as the browser does. */
function pair({ location = 'https://project.example/page', popup = true } = {}) {
  const browser = new FakeBrowser({ ...safari, location })
  const both = { browser, helper: null, proxy: null, toPage: [], opened: [] }
  const opener = {
    closed: false,
    postMessage(data, targetOrigin) {
      both.toPage.push({ data, targetOrigin })
      if (targetOrigin !== browser.environment.location.origin) return
      const event = Object.assign(new Event('message'), { data, origin: helperOrigin, source: both.proxy })
      setImmediate(() => browser.window.dispatchEvent(event))
    },
  }
  both.opener = opener
  both.proxy = {
    get closed() {
      return both.helper?.closed ?? false
    },
    postMessage(data, targetOrigin, ports) {
      assert.equal(targetOrigin, helperOrigin)
      const { origin } = browser.environment.location
      setImmediate(() => both.helper.deliver({ data, origin, source: opener, ports }))
    },
  }
  both.load = () => (both.helper = new HelperPage(opener, new URL(both.opened.at(-1)).hash))
  browser.environment.openWindow = (url) => {
    both.opened.push(url)
    return popup ? both.proxy : null
  }
  return both
}

async function connected() {
  const both = pair()
  const agent = new Agent({ environment: both.browser.environment, storage: memoryStorage() })
  const states = []
  agent.addEventListener('state', ({ detail }) => states.push(detail.state))
  const ready = agent.connect()
  ready.catch(() => {})
  await settle()
  const opening = agent.openHelperWindow()
  opening.catch(() => {})
  both.load()
  await opening
  await flow()
  return { ...both, both, agent, states, ready }
}

/** Lets messages pass through ports. */
async function flow() {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    await settle()
  }
}

async function greeted() {
  const all = await connected()
  all.helper.socket.accept()
  await flow()
  all.helper.socket.receive(golden('replies/hello'))
  await flow()
  await all.ready
  return all
}

test('a page that may open no socket speaks through the window, in its own name', async () => {
  const { helper, states, browser, opened, agent } = await greeted()
  assert.deepEqual(states, ['connecting', 'needs-helper', 'connecting', 'ready'])
  assert.deepEqual(opened, ['http://127.0.0.1:5624/bridge#https://project.example'])
  assert.equal(browser.sockets.length, 0)
  assert.equal(helper.socket.url, 'ws://127.0.0.1:5624/v1')
  assert.deepEqual(helper.socket.requests, [golden('requests/hello-bridge')])
  assert.equal(helper.texts.site, 'https://project.example')
  agent.close()
})

test('the window speaks only for the origin that the browser names', async () => {
  const { helper, opener, toPage, agent } = await greeted()
  const before = helper.sockets.length
  const good = { data: { lodger: 'socket', path: '/v1', protocol: 'lodger.v1' }, origin: 'https://project.example', source: opener }
  const { port1 } = new MessageChannel()
  for (const change of [
    { origin: 'https://evil.example' },
    { source: {} },
    { data: { lodger: 'socket', path: '/info', protocol: 'lodger.v1' } },
    { data: { lodger: 'socket', path: '/v1', protocol: 'lodger.port.v1' } },
    { data: null },
  ]) {
    helper.deliver({ ...good, ports: [port1], ...change })
  }
  helper.deliver({ ...good, ports: [] })
  assert.equal(helper.sockets.length, before)
  assert.ok(toPage.every(({ targetOrigin }) => targetOrigin === 'https://project.example'))
  port1.close()
  agent.close()
})

test('the page cannot choose in whose name the window speaks', async () => {
  const { helper, opener, agent } = await greeted()
  const { port1, port2 } = new MessageChannel()
  const data = { lodger: 'socket', path: '/v1', protocol: 'lodger.v1' }
  helper.deliver({ data, origin: 'https://project.example', source: opener, ports: [port2] })
  helper.socket.accept()
  for (const send of [
    '{"id":1,"request":"hello","speakingFor":"https://evil.example"}',
    '{"id":1,"request":"hello","speakingFor":"https://evil.example","speakingFor":"https://worse.example"}',
    '{"id":2,"request":"session.list","speakingFor":"https://evil.example"}',
    'not json',
  ]) {
    port1.postMessage({ send })
  }
  await flow()
  assert.deepEqual(helper.socket.requests, [
    { id: 1, request: 'hello', speakingFor: 'https://project.example' },
    { id: 1, request: 'hello', speakingFor: 'https://project.example' },
    { id: 2, request: 'session.list' },
  ])
  port1.close()
  agent.close()
})

test('the window refuses to serve without a page, or one that Lodger does not serve', () => {
  assert.match(new HelperPage(null, '#https://project.example').texts.advice, /Cross-Origin-Opener-Policy/)
  for (const hash of ['', '#', '#*', '#http://project.example', '#https://project.example/', '#file://', '#null', '#https://a@b.example']) {
    const told = []
    const helper = new HelperPage({ postMessage: (...message) => told.push(message) }, hash)
    assert.match(helper.texts.what, /not opened by a page/, hash)
    assert.deepEqual(told, [], hash)
  }
})

test('bytes pass unchanged in both directions, with a display of its own socket', async () => {
  const { helper, agent } = await greeted()
  const socket = agent.openSocket('/display', 'lodger.display.v1')
  const came = []
  socket.onmessage = ({ data }) => came.push(typeof data === 'string' ? data : [...new Uint8Array(data)])
  socket.onopen = () => socket.send('ticket')
  await flow()
  const far = helper.socket
  assert.equal(far.url, 'ws://127.0.0.1:5624/display')
  far.accept()
  await flow()
  assert.equal(socket.protocol, 'lodger.display.v1')
  assert.deepEqual(far.sent, ['ticket'])
  far.receive('{"event":"ready"}')
  far.receive(Uint8Array.of(0, 255, 7).buffer)
  const view = new Uint8Array(8).fill(9)
  socket.send(view.subarray(2, 5))
  view.fill(0)
  assert.equal(socket.bufferedAmount, 3)
  await flow()
  assert.deepEqual(came, ['{"event":"ready"}', [0, 255, 7]])
  assert.deepEqual([...new Uint8Array(far.sent[1])], [9, 9, 9])
  assert.equal(socket.bufferedAmount, 0)
  const ends = []
  socket.onclose = ({ code, reason }) => ends.push([code, reason])
  far.end(4403, 'ticket-invalid')
  await flow()
  assert.deepEqual(ends, [[4403, 'ticket-invalid']])
  agent.close()
})

test('a socket that the daemon refuses fails as a plain one does', async () => {
  const { helper, states, browser, agent } = await connected()
  helper.socket.end(1006)
  helper.socket.onclose?.({ code: 1006, reason: '', wasClean: false })
  await flow()
  assert.equal(states.at(-1), 'not-installed')
  await browser.clock.pass(600)
  await flow()
  assert.equal(helper.sockets.length, 2)
  agent.close()
})

test('a window that is closed is needed again', async () => {
  const { both, states, browser, agent } = await greeted()
  both.helper.closed = true
  await browser.clock.pass(1000)
  assert.equal(states.at(-1), 'needs-helper')
  const opening = agent.openHelperWindow()
  both.load()
  await opening
  await flow()
  both.helper.socket.accept()
  await flow()
  both.helper.socket.receive(golden('replies/hello'))
  await flow()
  assert.equal(states.at(-1), 'ready')
  both.helper.hide()
  await settle()
  assert.equal(states.at(-1), 'needs-helper')
  agent.close()
})

test('a page that was loaded again finds its window, and the window drops what was before', async () => {
  const { both, helper, agent: before } = await greeted()
  const old = helper.socket
  before.close()
  const { browser } = both
  browser.window = new EventTarget()
  const agent = new Agent({ environment: { ...browser.environment, window: browser.window }, storage: memoryStorage() })
  agent.connect().catch(() => {})
  await settle()
  assert.equal(agent.state, 'needs-helper')
  helper.tick()
  await flow()
  assert.equal(helper.sockets.length, 2)
  assert.equal(old.readyState, 3)
  helper.socket.accept()
  await flow()
  helper.socket.receive(golden('replies/hello'))
  await flow()
  assert.equal(agent.state, 'ready')
  agent.close()
})

test('says why the window does not come, or does not answer', async () => {
  const blocked = pair({ popup: false })
  const agent = new Agent({ environment: blocked.browser.environment, storage: memoryStorage() })
  await assert.rejects(agent.openHelperWindow(), { code: 'popup-blocked' })

  const isolated = pair()
  isolated.browser.environment.crossOriginIsolated = true
  const apart = new Agent({ environment: isolated.browser.environment, storage: memoryStorage() })
  await assert.rejects(apart.openHelperWindow(), { code: 'helper-unreachable', hint: /Cross-Origin-Opener-Policy/ })

  const silent = pair()
  const alone = new Agent({ environment: silent.browser.environment, storage: memoryStorage() })
  const opening = alone.openHelperWindow()
  opening.catch(() => {})
  await silent.browser.clock.pass(8000)
  await assert.rejects(opening, { code: 'helper-unreachable' })
})

test('the page takes no other window for the helper', async () => {
  const both = pair()
  const agent = new Agent({ environment: both.browser.environment, storage: memoryStorage() })
  agent.connect().catch(() => {})
  await settle()
  const data = { lodger: 'helper', event: 'ready' }
  const forged = { postMessage: () => assert.fail('the page spoke to it') }
  both.browser.window.dispatchEvent(Object.assign(new Event('message'), { data, origin: 'https://evil.example', source: forged }))
  assert.equal(agent.state, 'needs-helper')
  agent.openHelperWindow().catch(() => {})
  both.browser.window.dispatchEvent(Object.assign(new Event('message'), { data, origin: helperOrigin, source: forged }))
  await settle()
  assert.equal(agent.state, 'needs-helper')
  agent.close()
})

test('where sockets work, a window that lies about is left alone', async () => {
  const browser = new FakeBrowser({ permission: 'granted' })
  const agent = new Agent({ environment: browser.environment, storage: memoryStorage() })
  const ready = agent.connect()
  await settle()
  await browser.greet()
  await ready
  const data = { lodger: 'helper', event: 'ready' }
  browser.window.dispatchEvent(Object.assign(new Event('message'), { data, origin: helperOrigin, source: {} }))
  await settle()
  assert.equal(agent.state, 'ready')
  assert.equal(browser.sockets.length, 1)
})

test('the page of the window holds no script, style or handler of its own', () => {
  assert.equal(page.match(/<script/g).length, 1)
  assert.ok(page.includes('<script nonce="{{nonce}}">{{script}}</script>'))
  assert.doesNotMatch(page, /<style|style=|\son\w+=|src=|href=/)
  assert.doesNotMatch(script, /innerHTML|<\/script|eval\(|postMessage\([^)]*'\*'/)
})
