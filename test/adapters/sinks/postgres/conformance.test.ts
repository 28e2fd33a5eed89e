import { sinkConformance } from '../../../conformance/sink.js'
import { openPostgresWorld } from './world.js'

sinkConformance('Postgres', () => openPostgresWorld())
