import { LodgerError } from './errors.js'

/** @typedef {import('./channel.js').Channel} Channel */

/**
 * @typedef {object} PortStreams a TCP connection to a port of the guest
 * @property {ReadableStream<Uint8Array>} readable what the guest sends
 * @property {WritableStream<Uint8Array>} writable closing it tells the guest that no more comes
 */

// More than this in the socket's own queue, and writing waits.
const highWater = 256 * 1024

/**
 * @param {Channel} channel
 * @returns {PortStreams}
 */
export function portStreams(channel) {
  let over = false
  const readable = new ReadableStream({
    start(controller) {
      channel.onclose = ({ code }) => {
        if (over) return
        over = true
        if (code === 1000) controller.close()
        else controller.error(new LodgerError('connection-lost'))
      }
      channel.onmessage = ({ data }) => {
        if (!over) controller.enqueue(new Uint8Array(data))
      }
    },
    cancel() {
      over = true
      channel.close(1000)
    },
  })
  const writable = new WritableStream({
    async write(chunk) {
      if (channel.readyState !== 1) throw new LodgerError('connection-lost')
      channel.send(chunk)
      while (channel.bufferedAmount > highWater) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    close() {
      if (channel.readyState === 1) channel.send('{"event":"end"}')
    },
    abort() {
      channel.close(1000)
    },
  })
  return { readable, writable }
}
