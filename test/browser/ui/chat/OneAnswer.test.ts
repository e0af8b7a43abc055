import { expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import type { App } from '../../../../src/app/app.svelte'
import type { Turn } from '../../../../src/domain'
import { DeviceLost, Interrupted, ModelUnusable, type FumikuraError } from '../../../../src/errors'
import OneAnswer from '../../../../src/ui/chat/OneAnswer.svelte'

const turn: Turn = { id: '1', collection: 'one', question: 'How long?', language: 'en', asked: 0 }

test.each<[string, FumikuraError, string]>([
  ['the search ended', new Interrupted(), 'The search broke off. Ask again.'],
  ['the model was closed', new Interrupted({ reason: 'answer' }), 'The answer was cut off: the model was closed'],
  ['the device was lost', new DeviceLost({ reason: 'answer' }), 'graphics processor'],
  ['the model does not run', new ModelUnusable({ detail: 'x' }), 'cannot run the model'],
])('says why there is no answer: %s', async (_, failure, sentence) => {
  const app = {} as App
  const screen = await render(OneAnswer, { app, turn, compared: false, answer: undefined, failure })
  await expect.element(screen.getByRole('alert')).toHaveTextContent(sentence)
})
