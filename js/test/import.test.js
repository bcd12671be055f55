import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

test('importing does nothing, also where there is no browser', async () => {
  const before = Object.getOwnPropertyNames(globalThis).sort()
  const lodger = await import('../src/lodger.js')
  assert.deepEqual(Object.getOwnPropertyNames(globalThis).sort(), before)
  assert.deepEqual(process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP/.test(kind)), [])
  await assert.rejects(lodger.open({ configuration: 'https://project.example/vm.jws' }), { code: 'no-browser' })
})

test('the version is the one of package.json', async () => {
  const { version } = await import('../src/version.js')
  assert.equal(version, JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
})
