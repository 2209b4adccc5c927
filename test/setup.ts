import nock from 'nock'
import { TEST_LIMIT_MS } from './time.js'

jest.setTimeout(TEST_LIMIT_MS)

// Several test files share a jest worker; nock must be restored after each or the next file's requests fail.
beforeAll(() => {
  if (!nock.isActive()) nock.activate()
  nock.disableNetConnect()
  nock.enableNetConnect('127.0.0.1')
})
afterEach(() => {
  nock.abortPendingRequests()
  nock.cleanAll()
})
afterAll(() => {
  nock.restore()
})
