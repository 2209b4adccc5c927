import { sqliteFile } from '../stage/stores.js'
import { describeColumns } from './columns.js'

describeColumns('ippopay', sqliteFile, 'sqlite')
