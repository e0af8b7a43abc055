import { createServer } from 'node:http'

export interface ForeignServer {
  url: string
  /** Everything that reached it, as "METHOD path". */
  reached: string[]
  close(): Promise<void>
}

/** Another origin that lets everyone in: what is not reached there was refused by our own policy. */
export async function startForeignServer(): Promise<ForeignServer> {
  const reached: string[] = []
  const server = createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`)
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    response.setHeader('cross-origin-resource-policy', 'cross-origin')
    response.setHeader('content-type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/plain')
    response.end(request.url?.endsWith('.js') ? 'globalThis.foreignScriptRan = true' : 'foreign')
  })
  server.on('upgrade', (request, socket) => {
    reached.push(`UPGRADE ${request.url}`)
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    reached,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
