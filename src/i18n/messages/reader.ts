import type { Translation } from '../message'

export const en = {
  title: 'Reader',
  empty: 'Click a citation to see the sentence on its page.',
  page: 'Page {page}',
  pageOf: 'Page {page} of {pages}',
  previousCitation: 'Previous citation',
  nextCitation: 'Next citation',
  citationOf: 'Citation {index} of {count}',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fitWidth: 'Fit width',
  close: 'Close the document',
  highlighted: 'Page {page}, highlighted passage: {quote}',
} as const

export const ja: Translation<typeof en> = {
  title: 'リーダー',
  empty: '出典をクリックすると、その文をページ上で確かめられます。',
  page: '{page} ページ',
  pageOf: '{page} / {pages} ページ',
  previousCitation: '前の出典',
  nextCitation: '次の出典',
  citationOf: '出典 {index} / {count}',
  zoomIn: '拡大',
  zoomOut: '縮小',
  fitWidth: '幅に合わせる',
  close: '文書を閉じる',
  highlighted: '{page} ページ、該当箇所：{quote}',
}
