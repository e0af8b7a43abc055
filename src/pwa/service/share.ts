import { keepSharedFiles } from '../shared-files'

/** Where public/manifest.webmanifest has the system post what someone shares with the app, below the scope. */
export const SHARE_PATH = 'share'

/** Whether this is the system handing over files. */
export const isShare = (request: Request, scope: string): boolean =>
  request.method === 'POST' && request.url === `${scope}${SHARE_PATH}`

/** Keeps the files for the page and sends the browser to it. */
export async function receiveShare(request: Request, scope: string): Promise<Response> {
  const form = await request.formData()
  await keepSharedFiles(form.getAll('files').filter((entry) => entry instanceof File))
  return Response.redirect(`${scope}?shared=1`, 303)
}
