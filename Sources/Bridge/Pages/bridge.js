// The helper window: carries the sockets of the page that opened it to the daemon that served it.
//
// The daemon takes this window's word for who the page is, so that word is only ever what the browser says of a
// message's sender; and it is one and the same for as long as the window lives.
'use strict'
;(() => {
  const protocols = new Map([
    ['/v1', 'lodger.v1'],
    ['/display', 'lodger.display.v1'],
    ['/port', 'lodger.port.v1'],
  ])
  const highWater = 1 << 20
  const page = window.opener
  /** The origin that the page is expected to have: it says so in the address, and the browser checks it at each message. */
  const origin = wellFormed(location.hash.slice(1))
  const links = new Set()
  let bound = false

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
    :root { color-scheme: light dark; }
    body { margin: 0; padding: 24px; font: 16px/1.5 system-ui, sans-serif; }
    h1 { margin: 0 0 12px; font-size: 18px; }
    p { margin: 0 0 10px; }
    #site { font-size: 19px; font-weight: 700; overflow-wrap: anywhere; }
    #site:empty { display: none; }
  `)
  document.adoptedStyleSheets = [sheet]

  if (!page) {
    return say(
      'No page can reach this window.',
      'Open it from the page that wants to run a machine. For the page’s author: the header ' +
        'Cross-Origin-Opener-Policy must not be same-origin; same-origin-allow-popups works.',
    )
  }
  if (!origin) return say('This window was not opened by a page that may use Lodger.', 'You can close it.')

  addEventListener('message', receive)
  addEventListener('pagehide', () => tell('closed'))
  tell('ready')
  // A page that was loaded again does not know that its window is here still.
  setInterval(() => {
    if (page.closed) close()
    else tell('ready')
  }, 1000)

  /** Tells the page, and no other that may be in its place by now. */
  function tell(event) {
    page.postMessage({ lodger: 'helper', event }, origin)
  }

  function receive(event) {
    if (event.source !== page || event.origin !== origin) return
    const { lodger, path, protocol } = event.data ?? {}
    const port = event.ports[0]
    if (lodger !== 'socket' || !port || protocols.get(path) !== protocol) return
    if (!bound) {
      bound = true
      say('This window connects Lodger on this computer with', 'Leave it open as long as you use the page.', origin)
    }
    // A page has one control connection: a new one means that what was before is over.
    if (path === '/v1') for (const end of [...links]) end()
    join(port, path, protocol)
  }

  function join(port, path, protocol) {
    const socket = new WebSocket(`ws://${location.host}${path}`, protocol)
    socket.binaryType = 'arraybuffer'
    const end = () => {
      links.delete(end)
      socket.onclose = null
      socket.close()
      port.close()
    }
    links.add(end)
    socket.onopen = () => port.postMessage({ event: 'open', protocol: socket.protocol })
    socket.onmessage = ({ data }) => port.postMessage({ event: 'message', data }, data instanceof ArrayBuffer ? [data] : [])
    socket.onclose = ({ code, reason, wasClean }) => {
      links.delete(end)
      port.postMessage({ event: 'close', code, reason, wasClean })
    }
    port.onmessage = ({ data }) => {
      if (data.close) return socket.close(...closing(data.close))
      if (socket.readyState !== 1) return
      const message = path === '/v1' ? signed(data.send) : data.send
      if (message === null) return
      socket.send(message)
      taken(socket, port, typeof data.send === 'string' ? data.send.length : data.send.byteLength)
    }
  }

  /** A control message with this window's word in its `hello`, whatever the page has written there. */
  function signed(text) {
    try {
      const message = JSON.parse(text)
      delete message.speakingFor
      if (message.request === 'hello') message.speakingFor = origin
      return JSON.stringify(message)
    } catch {
      // Not JSON: nothing that the daemon would take.
      return null
    }
  }

  /** Tells the page when the socket has room again. */
  function taken(socket, port, size) {
    if (socket.bufferedAmount > highWater && socket.readyState === 1) setTimeout(taken, 10, socket, port, size)
    else port.postMessage({ event: 'sent', size })
  }

  function closing({ code, reason }) {
    return code === undefined ? [] : [code, reason ?? '']
  }

  function wellFormed(text) {
    try {
      const url = new URL(text)
      const allowed = url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === 'localhost')
      return allowed && url.origin === text ? text : null
    } catch {
      return null
    }
  }

  function say(what, advice, site = '') {
    document.getElementById('what').textContent = what
    document.getElementById('site').textContent = site
    document.getElementById('advice').textContent = advice
  }
})()
