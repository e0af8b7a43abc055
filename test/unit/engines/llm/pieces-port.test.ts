import { expect, test } from 'vitest'
import type { GeneratedPiece, GenerationEnd } from '../../../../src/engines/llm/language-model'
import { receivePieces } from '../../../../src/engines/llm/receive-pieces'
import { PieceSender } from '../../../../src/engines/llm/send-pieces'
import { Interrupted } from '../../../../src/errors'

const unending = new Promise<GenerationEnd>(() => undefined)
const pieceOf = (at: number): GeneratedPiece => ({ text: String(at), tokens: 1 })

test('pieces cross a port in their order and one by one, fast ones in few messages', async () => {
  const { port1, port2 } = new MessageChannel()
  let messages = 0
  port1.addEventListener('message', () => messages++)
  const sender = new PieceSender(port2)
  const received = (async () => {
    const pieces: GeneratedPiece[] = []
    for await (const piece of receivePieces(port1, unending)) pieces.push(piece)
    return pieces
  })()
  const sent = Array.from({ length: 200 }, (_, at) => pieceOf(at))
  for (const piece of sent) sender.send(piece)
  sender.finish()
  expect(await received).toEqual(sent)
  expect(messages).toBeLessThan(20)
  port1.close()
})

test('the first piece does not wait for a second, nor one that comes late for the next', async () => {
  const { port1, port2 } = new MessageChannel()
  const sender = new PieceSender(port2)
  const pieces = receivePieces(port1, unending)
  sender.send(pieceOf(0))
  expect((await pieces.next()).value).toEqual(pieceOf(0))
  await new Promise((resolve) => setTimeout(resolve, 80))
  sender.send(pieceOf(1))
  expect((await pieces.next()).value).toEqual(pieceOf(1))
  port1.close()
})

test('a worker that fails ends the pieces with its error, after those that came before', async () => {
  const { port1, port2 } = new MessageChannel()
  let fail: (error: Error) => void = () => undefined
  const end = new Promise<GenerationEnd>((_resolve, reject) => (fail = reject))
  const pieces = receivePieces(port1, end)
  new PieceSender(port2).send(pieceOf(0))
  expect((await pieces.next()).value).toEqual(pieceOf(0))
  fail(new Interrupted())
  await expect(pieces.next()).rejects.toBeInstanceOf(Interrupted)
  port1.close()
})
