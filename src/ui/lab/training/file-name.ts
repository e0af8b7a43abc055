/** Name of the zip, out of any name of an adapter: what file systems refuse becomes a hyphen. */
export const packFileName = (name: string): string => {
  const safe = name.normalize('NFKC').replace(/[^\p{L}\p{N}._-]+/gu, '-')
  return `${safe.replace(/^[-.]+|[-.]+$/g, '') || 'adapter'}-training-pack.zip`
}
