import { PROOF_LIMIT_MS } from '../time.js'

jest.setTimeout(PROOF_LIMIT_MS)
