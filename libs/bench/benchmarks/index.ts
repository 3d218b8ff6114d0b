import type { Benchmark } from '../benchmark.js';
import { appends } from './appends.js';
import { asOf } from './as-of.js';
import { commands } from './commands.js';
import { consumed } from './consumed.js';
import { copy } from './copy.js';
import { eventStoreDb } from './eventstoredb.js';
import { importing } from './import.js';
import { rebuild } from './rebuild.js';
import { relay } from './relay.js';
import { timers } from './timers.js';
import { verify } from './verify.js';
import { visible } from './visible.js';

/** THE list: one line for each file of this folder that measures something, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  appends,
  commands,
  rebuild,
  visible,
  timers,
  asOf,
  importing,
  verify,
  copy,
  relay,
  consumed,
  eventStoreDb,
];
