import { existsSync } from 'node:fs'
import { findChromium, onPath } from './chromium.mjs'
import { runCommand } from './run-command.mjs'

const PACKAGES = ['chromium', 'fonts-noto-cjk']
const options = { cwd: '/', timeout: 10 * 60_000, env: { DEBIAN_FRONTEND: 'noninteractive' } }

/**
 * Installs Debian's Chromium, and fonts for the Japanese tests, where this is Debian and we are root or may become it
 * without a password. Resolves to whether there is a Chromium now.
 * @returns {Promise<boolean>}
 */
export async function installChromium() {
  if (process.env.CHROMIUM || !existsSync('/etc/debian_version') || !onPath('apt-get')) return false
  const become = await asRoot()
  if (!become) return false
  console.log(`No Chromium found; installing ${PACKAGES.join(' and ')} from Debian`)
  const [command = '', ...rest] = [...become, 'apt-get']
  const isInstalled =
    (await runCommand(command, [...rest, '-qq', 'update'], options)) &&
    (await runCommand(command, [...rest, '-qq', 'install', '-y', '--no-install-recommends', ...PACKAGES], options))
  return isInstalled && findChromium() !== undefined
}

/** What to put in front of a command for root's rights; undefined where we have none. */
async function asRoot() {
  if (process.getuid?.() === 0) return []
  return onPath('sudo') && (await runCommand('sudo', ['-n', 'true'], options)) ? ['sudo', '-n'] : undefined
}
