import assert from 'node:assert/strict'
import test from 'node:test'
import { Channel, redeem } from '../src/channel.js'
import { portStreams } from '../src/streams.js'
import { FakeSocket, golden, goldenNames, settle } from './fakes.js'

const { ticket } = golden('replies/display.ticket')
const bytes = (...values) => Uint8Array.from(values).buffer

async function redeemed() {
  const socket = new FakeSocket('ws://127.0.0.1:5624/port', 'lodger.port.v1')
  const opening = redeem(socket, ticket)
  socket.accept()
  socket.receive(golden('streams/ready'))
  return { socket, channel: await opening }
}

test('there are two text messages on a stream, and both are used here', () => {
  assert.deepEqual(goldenNames('streams').sort(), ['streams/end', 'streams/ready'])
})

test('hands in the ticket first, as text', async () => {
  const { socket, channel } = await redeemed()
  assert.deepEqual(socket.sent, [ticket])
  assert.equal(socket.binaryType, 'arraybuffer')
  assert.equal(channel.readyState, 1)
  assert.equal(channel.protocol, 'lodger.port.v1')
})

test('a refused ticket fails with the word of the daemon', async () => {
  const socket = new FakeSocket('ws://127.0.0.1:5624/port', 'lodger.port.v1')
  const opening = redeem(socket, ticket)
  socket.accept()
  socket.end(4403, 'ticket-invalid')
  await assert.rejects(opening, { code: 'ticket-invalid' })
})

test('a socket that does not come, or says something else, fails', async () => {
  const cut = new FakeSocket('ws://127.0.0.1:5624/port', 'lodger.port.v1')
  const opening = redeem(cut, ticket)
  cut.fail()
  await assert.rejects(opening, { code: 'connection-lost' })
  for (const answer of ['hello', '{"event":"later"}', bytes(1)]) {
    const socket = new FakeSocket('ws://127.0.0.1:5624/port', 'lodger.port.v1')
    const refused = redeem(socket, ticket)
    socket.accept()
    socket.receive(answer)
    await assert.rejects(refused, { code: 'protocol-error' })
    assert.equal(socket.readyState, 3)
  }
})

test('aborting closes the socket', async () => {
  const socket = new FakeSocket('ws://127.0.0.1:5624/port', 'lodger.port.v1')
  const controller = new AbortController()
  const opening = redeem(socket, ticket, controller.signal)
  controller.abort()
  await assert.rejects(opening, { code: 'aborted' })
  assert.equal(socket.readyState, 3)
})

test('what comes before anybody listens is kept, and so is the end', async () => {
  const { socket, channel } = await redeemed()
  socket.receive(bytes(1, 2))
  socket.receive(bytes(3))
  socket.end(1000)
  const told = []
  channel.onclose = ({ code }) => told.push(code)
  channel.onmessage = ({ data }) => told.push([...new Uint8Array(data)])
  assert.deepEqual(told, [], 'not before the one who listens is ready')
  await settle()
  assert.deepEqual(told, [[1, 2], [3], 1000])
})

test('what comes while the early bytes are handed over keeps its place', async () => {
  const { socket, channel } = await redeemed()
  socket.receive(bytes(1))
  const told = []
  channel.onmessage = ({ data }) => told.push(...new Uint8Array(data))
  socket.receive(bytes(2))
  await settle()
  socket.receive(bytes(3))
  assert.deepEqual(told, [1, 2, 3])
})

test('has every member that a viewer looks for by name', async () => {
  const { channel } = await redeemed()
  const names = [...Object.keys(channel), ...Object.getOwnPropertyNames(Channel.prototype)]
  for (const name of ['send', 'close', 'binaryType', 'onerror', 'onmessage', 'onopen', 'protocol', 'readyState']) {
    assert.ok(names.includes(name), name)
  }
})

test('a port is a pair of streams: the end of each side is its own', async () => {
  const { socket, channel } = await redeemed()
  const { readable, writable } = portStreams(channel)
  const writer = writable.getWriter()
  await writer.write(Uint8Array.of(7, 8))
  await writer.close()
  assert.deepEqual([[...socket.sent[1]], JSON.parse(socket.sent[2])], [[7, 8], golden('streams/end')])
  assert.equal(socket.readyState, 1)
  socket.receive(bytes(1, 2))
  socket.receive(bytes(3))
  socket.end(1000)
  const got = []
  for await (const part of readable) got.push(...part)
  assert.deepEqual(got, [1, 2, 3])
})

test('a port that is cut fails its reader and its writer', async () => {
  const { socket, channel } = await redeemed()
  const { readable, writable } = portStreams(channel)
  const reading = readable.getReader().read()
  await settle()
  socket.fail()
  await assert.rejects(reading, { code: 'connection-lost' })
  await assert.rejects(writable.getWriter().write(Uint8Array.of(1)), { code: 'connection-lost' })
})

test('writing waits while the socket is full', async () => {
  const { socket, channel } = await redeemed()
  const writer = portStreams(channel).writable.getWriter()
  socket.bufferedAmount = 1 << 20
  let written = false
  const writing = writer.write(Uint8Array.of(1)).then(() => (written = true))
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(written, false)
  socket.bufferedAmount = 0
  await writing
})

test('who stops reading closes the connection', async () => {
  const { socket, channel } = await redeemed()
  await portStreams(channel).readable.cancel()
  assert.equal(socket.closedWith, 1000)
})
