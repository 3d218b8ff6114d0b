/** THE list of what a process of its own can do; each loads what it is alone. */
export const jobs = {
  appends: async () => (await import('./appends.js')).appends,
  asOf: async () => (await import('./as-of.js')).asOf,
  bulkAppend: async () => (await import('./bulk-append.js')).bulkAppend,
  consumed: async () => (await import('./consumed.js')).consumed,
  copy: async () => (await import('./copy.js')).copy,
  importRows: async () => (await import('./import.js')).importRows,
  load: async () => (await import('./load.js')).load,
  logAppends: async () => (await import('./log-appends.js')).logAppends,
  logReads: async () => (await import('./log-reads.js')).logReads,
  produce: async () => (await import('./produce.js')).produce,
  project: async () => (await import('./serve.js')).project,
  readLog: async () => (await import('./whole-log.js')).readLog,
  rebuild: async () => (await import('./rebuild.js')).rebuild,
  relay: async () => (await import('./relay.js')).relay,
  relayOn: async () => (await import('./relay.js')).relayOn,
  serveApi: async () => (await import('./serve.js')).serveApi,
  timers: async () => (await import('./timers.js')).timers,
  verify: async () => (await import('./whole-log.js')).verify,
  visible: async () => (await import('./visible.js')).visible,
};

export type JobName = keyof typeof jobs;
/** What such a job is. */
export type JobOf<Name extends JobName> = Awaited<ReturnType<(typeof jobs)[Name]>>;
