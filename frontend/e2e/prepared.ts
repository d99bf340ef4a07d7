import { Server } from './server'

// A server's first start makes a cluster, a schema and an election of 391,000 milestones. Most files begin with the
// same: it is done once, ended properly, and its folder copied.

export default async function prepare(): Promise<() => Promise<void>> {
  const server = new Server()
  if (!server.own) return async () => undefined
  await server.start({ signIn: false })
  process.env.TIENDO_E2E_PREPARED = await server.leave()
  return () => server.stop()
}
