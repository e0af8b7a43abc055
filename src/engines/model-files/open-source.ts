import { isAbort, ModelFileMissing, ModelUnreachable } from '../../errors'
import type { ModelFiles, ModelSource, OpenFile } from './source'

/** The files of a source. Nothing is asked of it before the first `open`. */
export function openSource(source: ModelSource): ModelFiles {
  switch (source.kind) {
    case 'address':
      return filesBelow(source.base)
    case 'huggingFace':
      return filesBelow(`https://huggingface.co/${source.repository}/resolve/${source.revision}/`)
    case 'folder':
      return filesInFolder(source.folder)
    case 'files':
      return pickedFiles(source.files)
  }
}

function filesBelow(base: string): ModelFiles {
  return {
    open: async (path, signal) => {
      const response = await fetch(new URL(path, base), { signal, credentials: 'omit' }).catch((error: unknown) => {
        if (isAbort(error)) throw error
        throw new ModelUnreachable({ file: path })
      })
      if (response.status === 404 || isPageInstead(response)) throw new ModelFileMissing({ file: path })
      if (!response.ok || !response.body) throw new ModelUnreachable({ file: path, status: response.status })
      return { stream: response.body, ...sizeOf(response) }
    },
  }
}

/** Hosts with one page answer any address with that page and status 200; so do the login pages of public networks. */
const isPageInstead = (response: Response): boolean =>
  (response.headers.get('content-type') ?? '').startsWith('text/html')

/** With a content encoding the length is that of the compressed body. */
function sizeOf({ headers }: Response): { bytes?: number } {
  const length = headers.get('content-length')
  return length && !headers.has('content-encoding') ? { bytes: Number(length) } : {}
}

function filesInFolder(root: FileSystemDirectoryHandle): ModelFiles {
  return {
    open: async (path) => {
      try {
        const folders = path.split('/')
        const name = folders.pop()!
        let folder = root
        for (const step of folders) folder = await folder.getDirectoryHandle(step)
        return openFile(await (await folder.getFileHandle(name)).getFile())
      } catch (error) {
        throw isNotFound(error) ? new ModelFileMissing({ file: path }) : new ModelUnreachable({ file: path })
      }
    },
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof DOMException && ['NotFoundError', 'TypeMismatchError'].includes(error.name)

/** A person picks the files with or without the folder around them, so the end of the path decides. */
function pickedFiles(files: { path: string; file: File }[]): ModelFiles {
  const find = (path: string) =>
    files.find((each) => each.path === path) ??
    files.find((each) => each.path.endsWith(`/${path}`)) ??
    files.find(({ file }) => file.name === path.split('/').at(-1))
  return {
    open: (path) => {
      const found = find(path)
      return found ? Promise.resolve(openFile(found.file)) : Promise.reject(new ModelFileMissing({ file: path }))
    },
  }
}

const openFile = (file: File): OpenFile => ({ stream: file.stream(), bytes: file.size })
