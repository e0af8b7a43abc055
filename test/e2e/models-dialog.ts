import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { open } from './person'

export async function openModels(page: Page): Promise<Locator> {
  await open(page)
  await page.getByRole('button', { name: 'Models', exact: true }).click()
  return page.getByRole('dialog')
}

export const cardOf = (dialog: Locator, name: string): Locator =>
  dialog.getByRole('listitem').filter({ has: dialog.page().getByRole('heading', { name, exact: true }) })

export async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
