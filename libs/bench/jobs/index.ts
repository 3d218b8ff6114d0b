import { appends } from './appends.js';
import { asOf } from './as-of.js';
import { bulkAppend } from './bulk-append.js';
import { copy } from './copy.js';
import { importRows } from './import.js';
import { load } from './load.js';
import { rebuild } from './rebuild.js';
import { project, serveApi } from './serve.js';
import { visible } from './visible.js';
import { readLog, verify } from './whole-log.js';

/** THE list of what a process of its own can do. */
export const jobs = { appends, asOf, bulkAppend, copy, importRows, load, project, readLog, rebuild, serveApi, verify, visible };

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
