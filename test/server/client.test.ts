import { createHttpApi } from '../../src/server/client.js'
import { apiConformance } from '../conformance/api.js'
import { serveProject } from './serving.js'

apiConformance('over HTTP', async (files) => {
  const serving = await serveProject({ files })
  return { api: createHttpApi(serving.server), write: serving.write, close: serving.close }
})
