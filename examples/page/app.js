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
part('launch').onclick = () => agent.launched()

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
      const { input } = await (await session.request(session.ports[0], '/api/status')).json()
      part('typed').textContent = input.typed
    } catch {
      // Not up yet; it is asked again in a second.
    }
  }
  if (session) setTimeout(readGuest, 1000)
}

function tell(problem) {
  render(problem.code, problem.message, problem.hint)
}

function render(word, title, detail) {
  const connection = agent.state === 'idle' || agent.state === 'ready' ? null : agent.state
  const state = session?.state ?? null
  const shown = word ?? connection ?? state ?? (agent.state === 'ready' ? 'ready' : 'idle')
  const [text, more] = texts[shown] ?? texts[connection ?? state] ?? ['', '']
  document.body.dataset.state = shown
  part('state').textContent = title ?? text
  part('detail').textContent = detail ?? [more, session?.accelerator === 'tcg' ? slow : ''].join(' ').trim()
  const can = (id, yes) => (part(id).hidden = !yes)
  can('start', !connection && (!state || state === 'stopped') && word !== 'asking-owner')
  can('pause', state === 'running')
  can('resume', state === 'paused')
  can('stop', state && !['stopped', 'stopping'].includes(state))
  can('forget', state === 'stopped')
  can('helper', connection === 'needs-helper')
  can('retry', ['denied', 'not-installed'].includes(connection))
  can('launch', connection === 'not-installed')
  can('display', state && state !== 'stopped')
  can('guest', state === 'running' || state === 'paused')
}

const slow = 'Without hardware acceleration, so slowly.'
const texts = {
  idle: ['Not started', 'Lodger will ask you before anything runs.'],
  ready: ['One moment', 'Talking to Lodger on this computer.'],
  connecting: ['Looking for Lodger', 'On this computer, nowhere else.'],
  'asking-permission': ['Your browser is asking', 'Choose Allow, so that this page may talk to Lodger.'],
  starting: ['Starting', 'The machine is being switched on.'],
  'asking-owner': ['Lodger is asking you', 'Its own window, outside this page, says what would run. Answer there.'],
  preparing: ['Fetching the machine', 'Only the first time.'],
  running: ['Running', 'On your computer. Close the page and come back: it is still yours to stop.'],
  paused: ['Paused', 'It keeps its memory and uses no processor time.'],
  stopping: ['Switching off', 'The guest was asked to go quietly.'],
  stopped: ['Switched off', 'Nothing of it runs any more.'],
}
