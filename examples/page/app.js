import * as lodger from './lodger/lodger.mjs'

const configuration = new URL('vm.jws', document.baseURI)
const part = (id) => document.getElementById(id)
const agent = lodger.agent()
let session = null

// A reload finds the machine again; where there is none, this asks nobody.
lodger.find({ configuration }).then((found) => found && show(found), tell)

part('start').onclick = () => attempt(async () => (session ? session.start() : show(await lodger.open({ configuration }))))
part('pause').onclick = () => attempt(() => session.pause())
part('resume').onclick = () => attempt(() => session.resume())
part('stop').onclick = () => attempt(() => session.stop())
part('forget').onclick = () => attempt(() => session.forget())
part('helper').onclick = () => attempt(() => agent.openHelperWindow())
part('retry').onclick = () => agent.retry()

part('guide').agent = agent
part('guide').addEventListener('retry', () => part('start').click())

agent.addEventListener('state', ({ detail }) => (detail.problem ? tell(detail.problem) : render()))
agent.addEventListener('consent', ({ detail }) => (detail.pending ? render('asking-owner') : render()))

function show(opened) {
  session = opened
  for (const event of ['change', 'progress']) session.addEventListener(event, () => render())
  session.addEventListener('ended', ({ detail }) => {
    if (session.forgotten) session = null
    if (detail.problem) tell(detail.problem)
    else render()
  })
  part('display').session = session
  render()
  readGuest()
}

async function attempt(action) {
  try {
    render()
    await action()
  } catch (problem) {
    tell(problem)
  }
}

// Asks the web server inside the machine, through the daemon, what was typed.
async function readGuest() {
  if (session?.state === 'running' && session.ports.length > 0 && !document.hidden) {
    try {
      const signal = AbortSignal.timeout(3000)
      const answer = await session.request(session.ports[0], '/api/status', { signal })
      part('typed').textContent = (await answer.json()).input.typed
    } catch {
      // Not up yet; it is asked again in a second.
    }
  }
  if (session) setTimeout(readGuest, 1000)
}

function tell(problem) {
  part('guide').problem = problem
  // Only who cannot go on needs it.
  if (agent.state !== 'ready' || problem.code === 'hypervisor-missing') import('./lodger/lodger-guide.mjs')
  render(problem.code, problem.message, problem.hint)
}

// The connection's state comes first, then the machine's; a problem, or a question to the owner, before both.
function render(word = '', title, detail) {
  const connection = agent.state
  const connected = connection === 'ready' || connection === 'idle'
  const state = session?.state ?? ''
  Object.assign(document.body.dataset, { connection, session: state, word })
  const [text, more] = texts[word] ?? texts[connected && state ? state : connection] ?? ['', '']
  part('state').textContent = title ?? text
  part('detail').textContent = detail ?? `${more} ${session?.accelerator === 'tcg' ? slow : ''}`.trim()
  const show = (id, yes) => (part(id).hidden = !yes)
  show('start', connected && (!state || state === 'stopped') && word !== 'asking-owner')
  show('pause', connected && state === 'running')
  show('resume', connected && state === 'paused')
  show('stop', connected && state && !['stopped', 'stopping'].includes(state))
  show('forget', connected && state === 'stopped')
  show('helper', connection === 'needs-helper' || agent.problem?.code === 'permission-denied')
  show('retry', ['denied', 'not-installed'].includes(connection))
  show('display', state && state !== 'stopped')
  show('guest', state === 'running' || state === 'paused')
}

const slow = 'Without hardware acceleration, so slowly.'
const texts = {
  idle: ['Not started', 'Lodger will ask you before anything runs.'],
  ready: ['One moment', 'Talking to Lodger on this computer.'],
  connecting: ['Looking for Lodger', 'On this computer, nowhere else.'],
  'asking-permission': ['Your browser is asking', 'Choose Allow, so that this page may talk to Lodger.'],
  'asking-owner': ['Lodger is asking you', 'Its own window, outside this page, says what would run. Answer there.'],
  preparing: ['Fetching the machine', 'Only the first time.'],
  starting: ['Starting', 'One moment.'],
  running: ['Running', 'On your computer, until you stop it.'],
  paused: ['Paused', 'It keeps its memory and uses no processor time.'],
  stopping: ['Switching off', 'The guest was asked to go quietly.'],
  stopped: ['Switched off', 'Nothing of it runs any more.'],
}
