import { sqliteFile } from '../stage/stores.js'
import { describeColumns } from './columns.js'

describeColumns('payop', sqliteFile, 'sqlite')
