import assert from 'node:assert/strict'
import test from 'node:test'
import { advice, runsOn } from '../src/guide/advice.js'
import { languages, stringsFor } from '../src/guide/strings.js'

const states = ['idle', 'connecting', 'asking-permission', 'denied', 'not-installed', 'starting', 'needs-helper', 'ready', 'version-too-old']
const words = stringsFor(['en'])

test('every language has every word, and says it in its own', () => {
  assert.deepEqual(Object.keys(languages), ['en', 'fr', 'de', 'es'])
  for (const [name, strings] of Object.entries(languages)) {
    assert.deepEqual(Object.keys(strings).sort(), Object.keys(words).sort(), name)
    for (const [key, text] of Object.entries(strings)) {
      assert.ok(text.trim(), `${name} ${key}`)
      if (name !== 'en' && !key.endsWith('Command')) assert.notEqual(text, words[key], `${name} ${key}`)
    }
  }
})

test('the first language that is known is taken, and the page has the last word', () => {
  assert.equal(stringsFor(['pt-BR', 'de-AT', 'fr']).start, 'Lodger starten')
  assert.equal(stringsFor(['pt']).start, 'Start Lodger')
  assert.equal(stringsFor([]).start, 'Start Lodger')
  const own = stringsFor(['fr'], { installCommand: 'sudo apt install course-vm' })
  assert.equal(own.installCommand, 'sudo apt install course-vm')
  assert.equal(own.start, 'Démarrer Lodger')
})

test('there is advice exactly where the visitor can do something', () => {
  const silent = states.filter((state) => !advice(state, null, words, true))
  assert.deepEqual(silent, ['idle', 'connecting', 'ready'])
})

test('who has not installed it is told the command, and that the page waits', () => {
  const told = advice('not-installed', null, words, true)
  assert.equal(told.step.command, 'sudo apt install lodger-desktop')
  assert.equal(told.action, 'start')
  assert.equal(told.waits, true)
})

test('where it does not run nobody is told to install it', () => {
  const told = advice('not-installed', null, words, false)
  assert.equal(told.step, undefined)
  assert.equal(told.title, words.otherTitle)
  assert.equal(runsOn('Mozilla/5.0 (X11; Linux x86_64; rv:153.0)'), true)
  assert.equal(runsOn('Mozilla/5.0 (Linux; Android 16; Pixel)'), false)
  assert.equal(runsOn('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'), false)
})

test('a missing hypervisor leads to setup, and no other problem to a guide', () => {
  assert.equal(advice('ready', 'hypervisor-missing', words, true).step.command, 'lodger setup')
  assert.equal(advice('ready', 'consent-denied', words, true), null)
})
