import { appends } from './appends.js';
import { asOf } from './as-of.js';
import { bulkAppend } from './bulk-append.js';
import { consumed } from './consumed.js';
import { copy } from './copy.js';
import { importRows } from './import.js';
import { load } from './load.js';
import { logAppends } from './log-appends.js';
import { logReads } from './log-reads.js';
import { produce } from './produce.js';
import { rebuild } from './rebuild.js';
import { relay, relayOn } from './relay.js';
import { project, serveApi } from './serve.js';
import { visible } from './visible.js';
import { readLog, verify } from './whole-log.js';

/** THE list of what a process of its own can do. */
export const jobs = {
  appends,
  asOf,
  bulkAppend,
  consumed,
  copy,
  importRows,
  load,
  logAppends,
  logReads,
  produce,
  project,
  readLog,
  rebuild,
  relay,
  relayOn,
  serveApi,
  verify,
  visible,
};

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
