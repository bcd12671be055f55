// Builds js/dist from js/src with Debian's esbuild and noVNC, checks the types, prints sizes and SRI values.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const novnc = process.env.NOVNC ?? '/usr/share/novnc'
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const own = `/*! lodger ${version} | Apache-2.0 */`
const others =
  '/*! contains noVNC 1.3 core (MPL-2.0, https://github.com/novnc/noVNC) and pako (MIT, https://github.com/nodeca/pako) */'

const targets = [
  { file: 'lodger.mjs', entry: 'src/lodger.js', format: 'esm', budget: 10 * 1024, banner: own },
  { file: 'lodger.iife.js', entry: 'src/iife.js', format: 'iife', budget: 10 * 1024, banner: own },
  { file: 'lodger-guide.mjs', entry: 'src/guide/element.js', format: 'esm', budget: 6 * 1024, banner: own },
  { file: 'lodger-display.mjs', entry: 'src/display/element.js', format: 'esm', budget: 65 * 1024, banner: `${own}\n${others}` },
]

if (!existsSync(join(novnc, 'core/rfb.js'))) fail(`noVNC is not at ${novnc}: install Debian's novnc, or set NOVNC.`)
run('tsc', ['-p', '.'])
run('tsc', ['-p', 'test/types'])
rmSync(join(here, 'dist'), { recursive: true, force: true })
const integrity = {}
for (const { file, entry, format, budget, banner } of targets) {
  run('esbuild', [
    entry,
    '--bundle',
    '--minify',
    '--sourcemap',
    '--target=es2022',
    '--charset=utf8',
    '--log-level=warning',
    '--log-override:empty-import-meta=silent',
    '--global-name=lodger',
    `--format=${format}`,
    `--alias:novnc=${novnc}`,
    `--banner:js=${banner}`,
    `--outfile=dist/${file}`,
  ])
  const bytes = readFileSync(join(here, 'dist', file))
  const zipped = gzipSync(bytes, { level: 9 }).length
  integrity[file] = `sha384-${createHash('sha384').update(bytes).digest('base64')}`
  console.log(`${file.padEnd(20)} ${String(zipped).padStart(6)} of ${budget} bytes gzipped  ${integrity[file]}`)
  if (zipped > budget) fail(`${file} is over its budget.`)
}
writeFileSync(join(here, 'dist/integrity.json'), `${JSON.stringify(integrity, null, 2)}\n`)

function run(command, args) {
  try {
    execFileSync(command, args, { cwd: here, stdio: 'inherit' })
  } catch (error) {
    fail(error.code === 'ENOENT' ? `${command} is not installed.` : `${command} found faults.`)
  }
}

function fail(reason) {
  console.error(reason)
  process.exit(1)
}
