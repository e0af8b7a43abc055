import { ModelFileMissing, ModelUnreachable } from '../../../errors'
import { isNotFound } from '../origin-files'
import { filesBelow } from './http-files'
import type { From, HubSource, ModelFiles, ModelSource, NothingAfter, OpenFile } from './source'

const HUB = 'https://huggingface.co'

/** The files of a source. Nothing is asked of it before the first call. */
export function openSource(source: ModelSource): ModelFiles {
  switch (source.kind) {
    case 'address':
      return filesBelow(source.base)
    case 'huggingFace':
      return filesBelow(baseOf(source))
    case 'folder':
      return localFiles((path) => inFolder(source.folder, path))
    case 'files':
      return localFiles((path) => Promise.resolve(among(source.files, path)))
  }
}

/** Address of the hub or of the mirror in its place, without a slash at its end. */
export const hubOf = ({ mirror }: { mirror?: string }): string => (mirror ?? HUB).replace(/\/+$/, '')

/** Below which the files of a repository are. */
export const baseOf = (source: HubSource): string =>
  `${hubOf(source)}/${source.repository}/resolve/${encodeURIComponent(source.revision)}/`

function localFiles(find: (path: string) => Promise<File | undefined>): ModelFiles {
  const get = async (path: string): Promise<File> => {
    const file = await find(path)
    if (!file) throw new ModelFileMissing({ file: path })
    return file
  }
  return {
    open: async (path, { start }: From): Promise<OpenFile | NothingAfter> => {
      const file = await get(path)
      if (start > 0 && start >= file.size) return { nothingAfter: file.size }
      return { stream: file.slice(start).stream(), start, total: file.size }
    },
    size: async (path) => (await get(path)).size,
  }
}

async function inFolder(root: FileSystemDirectoryHandle, path: string): Promise<File | undefined> {
  try {
    const folders = path.split('/')
    const name = folders.pop()!
    let folder = root
    for (const step of folders) folder = await folder.getDirectoryHandle(step)
    return await (await folder.getFileHandle(name)).getFile()
  } catch (error) {
    if (isNotFound(error)) return undefined
    // Permission was taken back, or the disk is gone.
    throw new ModelUnreachable({ file: path })
  }
}

/** A person picks the files with or without the folder around them, so the end of the path decides. */
const among = (files: { path: string; file: File }[], path: string): File | undefined =>
  (
    files.find((each) => each.path === path) ??
    files.find((each) => each.path.endsWith(`/${path}`)) ??
    files.find(({ file }) => file.name === path.split('/').at(-1))
  )?.file
