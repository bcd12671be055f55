// What a page written in TypeScript may rely on: compiled by the build, never run.
import * as lodger from '../../types/lodger'
import { LodgerDisplayElement } from '../../types/display/element'
import { LodgerGuideElement } from '../../types/guide/element'

async function page(display: LodgerDisplayElement) {
  const session: lodger.Session = await lodger.open({ configuration: new URL('https://project.example/vm.jws') })
  display.session = session
  session.addEventListener('progress', ({ detail }) => detail.bytes?.toFixed())
  session.addEventListener('ended', ({ detail }) => detail.problem?.hint.trim())
  // @ts-expect-error there is no such event
  session.addEventListener('progres', () => {})
  lodger.agent().addEventListener('state', ({ detail }) => detail.state === 'asking-permission')
  // @ts-expect-error there is no such state
  lodger.agent().addEventListener('state', ({ detail }) => detail.state === 'asking')
  const found: lodger.Session | null = await lodger.find({ configuration: '/vm.jws', wait: false })
  const answer: Response = await session.request(80, '/', { method: 'POST', body: 'x', limit: 10 })
  const { readable, writable } = await session.openPort(80)
  const bytes: ReadableStream<Uint8Array> = readable
  await writable.getWriter().write(new Uint8Array(1))
  try {
    await session.start({ signal: new AbortController().signal })
  } catch (error) {
    if (error instanceof lodger.LodgerError) error.retryable === true
  }
  return [found, answer, bytes]
}

function guided(guide: LodgerGuideElement) {
  guide.agent = lodger.agent()
  guide.strings = { installCommand: 'sudo apt install course-vm' }
  // @ts-expect-error there is no such word
  guide.strings = { install: '' }
}

export { guided, page }
