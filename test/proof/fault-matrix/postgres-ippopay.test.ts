import { describeWithPostgres } from '../../postgres/server.js'
import { postgresOn } from '../stage/stores.js'
import { describeColumns } from './columns.js'

describeWithPostgres('on PostgreSQL', (server) => describeColumns('ippopay', postgresOn(server), 'postgres'))
