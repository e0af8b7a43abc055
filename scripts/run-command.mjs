import { spawn } from 'node:child_process'

/**
 * Runs a command with its output on ours. One that exceeds its time is ended with all the processes that it started
 * (browsers, servers), so that nothing hangs and nothing stays behind.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, timeout: number }} options timeout in milliseconds
 * @returns {Promise<boolean>} whether it succeeded
 */
export function runCommand(command, args, { cwd, env = {}, timeout }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      // A group of its own, to end together.
      detached: true,
    })
    const end = () => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It ended by itself.
      }
    }
    const interrupt = () => {
      end()
      process.exit(130)
    }
    const timer = setTimeout(() => {
      console.error(`${command} did not end within ${timeout / 60_000} minutes and was ended`)
      end()
    }, timeout)
    /** @param {boolean} succeeded */
    const settle = (succeeded) => {
      clearTimeout(timer)
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupt)
      resolve(succeeded)
    }
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt)
    child.on('error', (error) => {
      console.error(error.message)
      settle(false)
    })
    child.on('exit', (code) => settle(code === 0))
  })
}
