import assert from 'node:assert/strict'
import test from 'node:test'
import { encodeRequest, readResponse } from '../src/http.js'

const encode = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** A stream of the text in pieces of so many bytes. */
function stream(text, piece = text.length || 1) {
  const bytes = encode(text)
  let offset = 0
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close()
      controller.enqueue(bytes.subarray(offset, (offset += piece)))
    },
  })
}

function text(path, options = {}) {
  return String.fromCharCode(...encodeRequest(path, options))
}

test('writes a request that ends its connection', () => {
  assert.equal(text('/api/status'), 'GET /api/status HTTP/1.1\r\nhost: guest\r\naccept: */*\r\nconnection: close\r\n\r\n')
  assert.equal(
    text('/x?y=1', { method: 'POST', headers: { Host: 'demo', 'X-Key': 'v w' }, body: 'hé' }),
    'POST /x?y=1 HTTP/1.1\r\nhost: demo\r\naccept: */*\r\nx-key: v w\r\ncontent-length: 3\r\nconnection: close\r\n\r\nh\u00c3\u00a9',
  )
})

test('lets nothing into a request that would end its line', () => {
  for (const path of ['', 'x', '/a b', '/a\r\nX: y', '/ä', '/\u0000']) {
    assert.throws(() => text(path), { code: 'argument-invalid', field: 'path' }, path)
  }
  for (const method of ['', 'GET ', 'G\r\nT']) assert.throws(() => text('/', { method }), { field: 'method' })
  for (const headers of [{ 'a b': 'c' }, { a: 'b\r\nc: d' }, { a: 'b\u0000' }, { '': 'x' }]) {
    assert.throws(() => text('/', { headers }), { code: 'argument-invalid' })
  }
})

test('reads a body by its length, by chunks and to the end, however it is cut', async () => {
  const answers = {
    length: 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello and more',
    chunks: 'HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n',
    end: 'HTTP/1.0 200 OK\r\n\r\nhello',
    bare: 'HTTP/1.1 200\nContent-Length: 5\n\nhello',
    continued: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  }
  for (const [name, answer] of Object.entries(answers)) {
    for (const piece of [1, 2, 3, 7, 1000]) {
      const response = await readResponse(stream(answer, piece))
      assert.equal(response.status, 200)
      assert.equal(await response.text(), 'hello', `${name} in pieces of ${piece}`)
    }
  }
  const response = await readResponse(stream(answers.length))
  assert.equal(response.headers.get('content-type'), 'text/plain')
  assert.equal(response.statusText, 'OK')
  assert.equal(response.ok, true)
})

test('an answer without a body is whole without one', async () => {
  const response = await readResponse(stream('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'))
  assert.equal(response.status, 204)
  const head = await readResponse(stream('HTTP/1.1 404 Not Found\r\nContent-Length: 500\r\n\r\n'), { method: 'HEAD' })
  assert.equal(head.status, 404)
  assert.equal(await head.text(), '')
  assert.equal(await (await readResponse(stream('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))).text(), '')
})

test('an answer that is cut is told from a whole one', async () => {
  for (const answer of [
    '',
    'HTTP/1.1 200 OK\r\nContent-Le',
    'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n',
  ]) {
    await assert.rejects(readResponse(stream(answer)), { code: 'response-cut' }, answer)
  }
})

test('what is no HTTP is refused', async () => {
  for (const answer of [
    'SSH-2.0-OpenSSH_9.2\r\n',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1 99 Low\r\n\r\n',
    'HTTP/1.1 999 High\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\na b: c\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
    `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}\r\n`,
    'x'.repeat(70_000),
  ]) {
    await assert.rejects(readResponse(stream(answer)), { code: 'response-invalid' }, answer.slice(0, 60))
  }
})

test('takes no more than it was told to', async () => {
  for (const answer of [
    'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world',
    'HTTP/1.1 200 OK\r\n\r\nhello world',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n',
  ]) {
    await assert.rejects(readResponse(stream(answer), { limit: 10 }), { code: 'response-too-large' })
  }
})
