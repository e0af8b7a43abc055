import type { Translation } from '../message'

export const en = {} as const

export const ja: Translation<typeof en> = {}
