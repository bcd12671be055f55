// What a browser offers, in the hands of a test: sockets, permission, time.
import { readFileSync, readdirSync } from 'node:fs'

const wire = new URL('../../Tests/Fixtures/wire/', import.meta.url)

/** A golden file of the wire. */
export function golden(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, wire), 'utf8'))
}

/** The names of the golden files in a folder. */
export function goldenNames(folder) {
  return readdirSync(new URL(`${folder}/`, wire)).map((file) => `${folder}/${file.replace(/\.json$/, '')}`)
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle() {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Time that passes when the test says so. */
export class FakeClock {
  now = 0
  #timers = new Map()
  #next = 1

  setTimeout = (callback, delay) => {
    const id = this.#next++
    this.#timers.set(id, { callback, at: this.now + delay })
    return id
  }

  clearTimeout = (id) => void this.#timers.delete(id)

  /** The milliseconds until each timer, soonest first. */
  get waits() {
    return [...this.#timers.values()].map(({ at }) => at - this.now).sort((a, b) => a - b)
  }

  async pass(milliseconds) {
    const until = this.now + milliseconds
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0]
      if (!due) break
      this.now = due[1].at
      this.#timers.delete(due[0])
      due[1].callback()
      await settle()
    }
    this.now = until
  }
}

export class FakeSocket {
  readyState = 0
  protocol = ''
  bufferedAmount = 0
  binaryType = 'blob'
  onopen = null
  onmessage = null
  onerror = null
  onclose = null
  sent = []

  constructor(url, protocol) {
    this.url = url
    this.offered = protocol
  }

  get path() {
    return new URL(this.url).pathname
  }

  /** The requests that came, as objects. */
  get requests() {
    return this.sent.map((text) => JSON.parse(text))
  }

  send(data) {
    this.sent.push(ArrayBuffer.isView(data) ? data.slice() : data)
  }

  close(code) {
    if (this.readyState === 3) return
    this.readyState = 3
    this.closedWith = code ?? null
    this.onclose?.({ code: code ?? 1005, reason: '', wasClean: true })
  }

  accept() {
    this.readyState = 1
    this.protocol = this.offered
    this.onopen?.({})
  }

  /** Ends as a browser ends a socket that could not be opened, or was cut. */
  fail() {
    this.readyState = 3
    this.onerror?.({})
    this.onclose?.({ code: 1006, reason: '', wasClean: false })
  }

  end(code, reason = '') {
    this.readyState = 3
    this.onclose?.({ code, reason, wasClean: true })
  }

  receive(message) {
    this.onmessage?.({ data: message instanceof ArrayBuffer || typeof message === 'string' ? message : JSON.stringify(message) })
  }

  reply(request, body) {
    this.receive({ id: request.id, reply: request.request, ...body })
  }

  refuse(request, code, more = {}) {
    this.receive({ id: request.id, problem: { code, message: 'No.', hint: '', retryable: false, ...more } })
  }
}

class FakePermissionStatus extends EventTarget {
  constructor(state) {
    super()
    this.state = state
  }
}

/** A browser with one page. */
export class FakeBrowser {
  clock = new FakeClock()
  sockets = []
  status = new FakePermissionStatus('prompt')
  document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  window = new EventTarget()
  /** What the constructor of a socket throws. */
  refusal = null

  constructor({ permission = 'prompt', location = 'https://project.example/page', vendor = 'Google Inc.' } = {}) {
    this.status.state = permission
    const browser = this
    this.environment = {
      WebSocket: class extends FakeSocket {
        constructor(url, protocol) {
          if (browser.refusal) throw browser.refusal
          super(url, protocol)
          browser.sockets.push(this)
        }
      },
      permissions:
        permission === 'unknown'
          ? undefined
          : { query: async ({ name }) => (name === 'loopback-network' ? this.status : Promise.reject(new TypeError())) },
      location: new URL(location),
      vendor,
      crossOriginIsolated: false,
      openWindow: undefined,
      window: this.window,
      document: this.document,
      setTimeout: this.clock.setTimeout,
      clearTimeout: this.clock.clearTimeout,
      random: () => 0.5,
    }
  }

  get socket() {
    return this.sockets.at(-1)
  }

  decide(state) {
    this.status.state = state
    this.status.dispatchEvent(new Event('change'))
  }

  /** Opens the newest socket and answers its `hello`. */
  async greet() {
    const socket = this.socket
    socket.accept()
    await settle()
    socket.receive(golden('replies/hello'))
    await settle()
    return socket
  }

  /** Answers the newest request of the newest control socket. */
  async answer(body) {
    const socket = this.sockets.filter(({ path }) => path === '/v1').at(-1)
    const request = socket.requests.at(-1)
    if (body.code) socket.refuse(request, body.code, body)
    else socket.reply(request, body)
    await settle()
    return request
  }
}
