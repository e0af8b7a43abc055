import { expect, test, vi } from 'vitest'
import type { DownloadState } from '../../../../src/app/download-state'
import { FilesCome } from '../../../../src/app/models/files-come'
import { ModelFileMissing, ModelUnreachable, ModelUnusable, type FumikuraError } from '../../../../src/errors'

const kept: DownloadState = { kind: 'kept', bytes: 1 }

function seen(failure: FumikuraError | undefined, ...states: DownloadState[]): number {
  const choice = { state: failure ? ('failed' as const) : ('ready' as const), failure, reopen: vi.fn() }
  const come = new FilesCome(() => choice)
  for (const state of states) come.see('a@1', state)
  return choice.reopen.mock.calls.length
}

test('opens the model once when its files come, whyever it could not be opened', () => {
  expect(seen(new ModelUnreachable(), { kind: 'paused', bytes: 1 }, { kind: 'downloading' }, kept, kept)).toBe(1)
  expect(seen(new ModelFileMissing(), kept), 'they came while nobody looked').toBe(1)
})

test('does nothing where none came, or where it is open', () => {
  expect(seen(new ModelUnusable(), { kind: 'absent' }, kept, kept)).toBe(0)
  expect(seen(undefined, { kind: 'downloading' }, kept)).toBe(0)
})
