import type { Translation } from '../message'

/** One clear sentence per failure, and what can be done about it. Keys are those of src/errors.ts. */
export const en = {
  passwordNeeded: 'This file is locked. Enter its password to read it.',
  wrongPassword: 'That password does not open this file. Try again.',
  damagedFile: 'This file is damaged, cut short, or not what its name says.',
  emptyFile: 'This file is empty.',
  unsupportedFile: 'Files of this type cannot be read. PDF, Word (.docx), Markdown, HTML and plain text can.',
  unsupportedFileEncrypted: 'Word files with a password cannot be read. Save a copy without one, or as PDF.',
  unsupportedFileLegacy: 'Files of Office before 2007 cannot be read. Save a copy as .docx or PDF.',
  fileTooLarge: 'This file is larger than this browser can hold at once.',
  fileTooLargeWithFigures: 'This file has {bytes}; this browser can hold {limit} at once.',
  storageFull: 'The browser has no room left for this file. Remove documents or free disk space, then retry.',
  storageFullModel:
    'The browser has no room for the {bytes} of this model that are still to come. Remove documents or other models, or free disk space; what has arrived stays.',
  storageUnavailable:
    'The browser does not let this page keep anything. It may be a private window, a setting, or another tab with a newer version.',
  interrupted: 'Reading was interrupted before the end. Nothing of the file was added.',
  interruptedAnswer:
    'The answer was cut off: the model was closed, here or in the tab that had it. What was written stays. Ask again.',
  unexpected: 'Something went wrong that should not have.',
  unexpectedWithFigures: 'Something went wrong that should not have ({detail}).',
  unprotected:
    'This host does not send the headers that keep documents on this machine, and the browser does not let the page add them. Nothing is opened.',
  missingFile: 'The original of this document is no longer there. Add the file again to see its pages.',
  invalidVector: 'The model for search by meaning gave figures that cannot be used. Search by words goes on.',
  modelFileMissing: 'A file of the model is missing where it was looked for: {file}.',
  modelFileDamaged:
    'A file of the model is damaged or cut short: {file}. Download the model again; only this file is fetched.',
  modelUnreachable: 'The place that the model comes from could not be reached ({file}).',
  hostNotAllowed:
    'This site is not allowed to reach {host}, or where it leads to. Whoever hosts Fumikura has to add the host to its _headers file; or download the files yourself and choose their folder.',
  modelGated:
    'Its host gives this model only to people who have signed in there and agreed to its terms ({file}). Download the files there yourself, and choose their folder here.',
  invalidModelName: 'This is not the name of a model: “{name}”. It looks like owner/name, or owner/name@revision.',
  repositoryMissing: 'There is no public model “{name}” there, or it has no such revision.',
  modelNotOnnx:
    '“{name}” has no ONNX files that can be run here. Look for a version of it that has, for example from onnx-community.',
  modelBusy: 'The files of this model are being written in another tab.',
  modelUnusable: 'This browser cannot run the model. Search by words goes on.',
  modelReplaced: 'Another model was opened in another tab, and there is room for one. Choose this one again to use it.',
  adapterUnusable: 'This adapter cannot be used: {detail}.',
  unsupportedModel: 'Models of this architecture cannot be run here: {architecture}.',
  wrongModelLibrary:
    'The program that belongs to this model was made for another version of this page. Download the model again.',
  deviceLost: 'The graphics processor stopped in the middle of the work. It goes on without it.',
  deviceLostAnswer:
    'The graphics processor stopped in the middle of the answer. What was written stays. Ask again: the model is started anew.',
  promptTooLong: 'The question and its passages are longer than the model can take at once.',
  invalidAddress: 'This is not an address that begins with https:// or with /.',
  emptyAnswer: 'The model ended without writing anything. Ask again, or choose another model.',
  invalidTemplate: 'A prompt text cannot be used as it is: {template}.',
  invalidTemplateMissing: 'The prompt text “{template}” must contain {placeholder}.',
  invalidTemplateUnknown: 'The prompt text “{template}” contains {placeholder}, which stands for nothing here.',
  invalidTemplateEmpty: 'The prompt text “{template}” must not be empty.',
  noText: 'No text was found in this file.',
  samplesMissing: 'The sample documents could not be loaded.',
} as const

export const ja: Translation<typeof en> = {
  passwordNeeded: 'このファイルはロックされています。パスワードを入力すると読み込めます。',
  wrongPassword: 'パスワードが違います。もう一度入力してください。',
  damagedFile: 'ファイルが壊れているか、途中で切れているか、拡張子と中身が違います。',
  emptyFile: 'ファイルが空です。',
  unsupportedFile: 'この種類のファイルは読めません。読めるのは PDF、Word（.docx）、Markdown、HTML、テキストです。',
  unsupportedFileEncrypted:
    'パスワード付きの Word ファイルは読めません。パスワードなしの写し、または PDF で保存し直してください。',
  unsupportedFileLegacy: 'Office 2007 より前の形式は読めません。.docx か PDF で保存し直してください。',
  fileTooLarge: 'このブラウザが一度に扱える大きさを超えています。',
  fileTooLargeWithFigures: 'ファイルは {bytes} ですが、このブラウザが一度に扱えるのは {limit} までです。',
  storageFull:
    'ブラウザの保存領域がいっぱいです。文書を削除するか、ディスクの空きを増やしてから、もう一度お試しください。',
  storageFullModel:
    'モデルの残り {bytes} を保存する空きがブラウザにありません。文書やほかのモデルを削除するか、ディスクの空きを増やしてください。届いた分は残っています。',
  storageUnavailable:
    'ブラウザがこのページの保存を許可していません。プライベートウィンドウ、設定、または新しい版を開いた別のタブが原因かもしれません。',
  interrupted: '読み込みが途中で止まりました。このファイルは追加されていません。',
  interruptedAnswer:
    '回答が途中で切れました。モデルがこのタブか、モデルを持つ別のタブで閉じられました。書かれた分は残っています。もう一度質問してください。',
  unexpected: '予期しない問題が起きました。',
  unexpectedWithFigures: '予期しない問題が起きました（{detail}）。',
  unprotected:
    '文書を外へ出さないためのヘッダーがこのホストから送られず、ブラウザも補えません。安全のため何も開きません。',
  missingFile: 'この文書の元のファイルが見つかりません。もう一度追加するとページを表示できます。',
  invalidVector: '意味検索のモデルが使えない数値を返しました。言葉による検索はそのまま使えます。',
  modelFileMissing: 'モデルのファイルが見つかりません：{file}。',
  modelFileDamaged:
    'モデルのファイルが壊れているか、途中で切れています：{file}。もう一度ダウンロードしてください。取得するのはこのファイルだけです。',
  modelUnreachable: 'モデルの置き場所に接続できませんでした（{file}）。',
  hostNotAllowed:
    'このサイトから {host}（またはその転送先）への接続は許可されていません。Fumikura を公開している人が _headers にホストを追加する必要があります。ファイルをご自分で取得し、そのフォルダーを選ぶこともできます。',
  modelGated:
    'このモデルは、配布元でサインインして利用条件に同意した人だけが取得できます（{file}）。ご自分でファイルを取得し、ここでそのフォルダーを選んでください。',
  invalidModelName:
    'モデルの名前ではありません：「{name}」。owner/name または owner/name@revision の形で入力してください。',
  repositoryMissing: '公開されているモデル「{name}」が見つからないか、その revision がありません。',
  modelNotOnnx:
    '「{name}」には、ここで動かせる ONNX ファイルがありません。onnx-community などにある ONNX 版をお探しください。',
  modelBusy: 'このモデルのファイルは、別のタブで書き込み中です。',
  modelUnusable: 'このブラウザではこのモデルを動かせません。言葉による検索はそのまま使えます。',
  modelReplaced:
    '別のタブで別のモデルが開かれました。同時に開けるモデルは一つです。このモデルを使うには、もう一度選んでください。',
  adapterUnusable: 'このアダプターは使えません：{detail}。',
  unsupportedModel: 'この種類のモデルはここでは動かせません：{architecture}。',
  wrongModelLibrary:
    'このモデルに付属するプログラムは、このページとは別の版のものです。モデルをもう一度ダウンロードしてください。',
  deviceLost: 'GPU が作業の途中で止まりました。GPU を使わずに続けます。',
  deviceLostAnswer:
    'GPU が回答の途中で止まりました。書かれた分は残っています。もう一度質問すると、モデルを起動し直します。',
  promptTooLong: '質問と読み込む箇所が、モデルが一度に扱える長さを超えています。',
  invalidAddress: 'https:// または / で始まるアドレスではありません。',
  emptyAnswer: 'モデルが何も書かずに終わりました。もう一度質問するか、別のモデルを選んでください。',
  invalidTemplate: 'プロンプトの文面がこのままでは使えません：{template}。',
  invalidTemplateMissing: 'プロンプト「{template}」には {placeholder} が必要です。',
  invalidTemplateUnknown: 'プロンプト「{template}」の {placeholder} に当たるものがありません。',
  invalidTemplateEmpty: 'プロンプト「{template}」を空にすることはできません。',
  noText: 'このファイルには文字がありません。',
  samplesMissing: 'サンプル文書を読み込めませんでした。',
}
