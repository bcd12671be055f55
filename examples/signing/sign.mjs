#!/usr/bin/env node
// Answers /vm.jws?nonce=… and /.well-known/lodger.json: over https with a certificate, else for an https server to pass on.
//
//   sign.mjs --site https://project.example --key key.pem --configuration demo.json [--port 8080]
//     [--certificate FILE --tls-key FILE]
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { parseArgs } from 'node:util'

const text = { type: 'string' }
const { values: options } = parseArgs({
  options: {
    site: text, key: text, configuration: text, port: { ...text, default: '8080' }, certificate: text, 'tls-key': text
  }
})
const key = createPrivateKey(readFileSync(options.key))
const { crv, kty, x, y } = createPublicKey(key).export({ format: 'jwk' })
// The members in the order that RFC 7638 hashes.
const jwk = y ? { crv, kty, x, y } : { crv, kty, x }
const thumbprint = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url')

function signed(payload) {
  const header = { alg: y ? 'ES256' : 'Ed25519', kid: thumbprint, typ: 'lodger+jws' }
  const input = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign(y ? 'sha256' : null, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

function answer(request, response) {
  const url = new URL(request.url, 'http://localhost')
  const nonce = url.searchParams.get('nonce') ?? ''
  const now = Math.floor(Date.now() / 1000)
  const send = (status, type, body) =>
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body)
  if (url.pathname === '/.well-known/lodger.json') {
    const document = { version: 1, expires: now + 90 * 86400, keys: [jwk], next: [], revoked: [] }
    send(200, 'application/json', JSON.stringify(document))
  } else if (url.pathname === '/vm.jws' && /^[A-Za-z0-9_-]{16,128}$/.test(nonce)) {
    const configuration = JSON.parse(readFileSync(options.configuration, 'utf8'))
    const envelope = { iss: options.site, aud: 'lodger', iat: now, exp: now + 300, nonce }
    send(200, 'application/lodger+jws', signed({ ...configuration, ...envelope }))
  } else {
    send(404, 'text/plain', 'not here\n')
  }
}

if (options.certificate) {
  const tls = { cert: readFileSync(options.certificate), key: readFileSync(options['tls-key']) }
  https.createServer(tls, answer).listen(Number(options.port))
} else {
  http.createServer(answer).listen(Number(options.port), '127.0.0.1')
}
