import type { Translation } from '../message'

/** The frame of the Lab: its name, its parts and the way in and out. */
export const en = {
  title: 'Lab',
  open: 'Open the Lab',
  leave: 'Back to the documents',
  intro:
    'What answers your questions best: the model alone, with your documents, with an adapter, or with both? Measured here, on this machine.',
  parts: 'Parts of the Lab',
  runs: 'Runs',
  questions: 'Question sets',
  sideBySide: 'Side by side',
  costs: 'Costs',
  advice: 'Advice',
  training: 'Training pack',
} as const

export const ja: Translation<typeof en> = {
  title: 'ラボ',
  open: 'ラボを開く',
  leave: '文書に戻る',
  intro:
    '質問に最もよく答えるのは、モデルだけか、文書を見せたときか、アダプターを付けたときか、その両方か。この端末の中で測ります。',
  parts: 'ラボの部屋',
  runs: '実験',
  questions: '質問集',
  sideBySide: '並べて比べる',
  costs: '費用',
  advice: '助言',
  training: '学習データ',
}
