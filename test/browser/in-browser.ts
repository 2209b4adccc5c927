import { type Browser, chromium, type Page } from 'playwright-core'
import { WAIT_LIMIT_MS } from '../time.js'
import { findChromium } from './find-chromium.js'

/** It looks for nothing outside of this machine. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

const NONE = 'skipped: no Chromium was found; CHROMIUM_PATH may name one'

/** Presses the button of this name. */
export const press = (page: Page, button: string): Promise<void> =>
  page.getByRole('button', { name: button, exact: true }).click()

/**
 * Tests in a real browser: one for all of them, a fresh profile and page for each. No page may throw. Where there is no
 * browser they are skipped, and their names say why.
 */
export const inBrowser = (name: string, tests: (page: () => Page) => void): void => {
  const find = findChromium()
  if (find === undefined) process.stderr.write(`${name} (${NONE})\n`)
  const [describeHere, title] = find === undefined ? [describe.skip, `${name} (${NONE})`] : [describe, name]

  describeHere(title, () => {
    let browser: Browser | undefined
    let page: Page | undefined
    let thrown: Error[] = []

    beforeAll(async () => {
      browser = await chromium.launch({ ...(await find?.()), args: FLAGS, timeout: WAIT_LIMIT_MS })
    })
    beforeEach(async () => {
      thrown = []
      page = await browser?.newPage()
      page?.setDefaultTimeout(WAIT_LIMIT_MS)
      page?.on('pageerror', (error) => thrown.push(error))
    })
    afterEach(async () => {
      await page?.close()
      expect(thrown).toEqual([])
    })
    afterAll(() => browser?.close())

    tests(() => {
      if (page === undefined) throw new Error('no page outside of a test')
      return page
    })
  })
}
