import { MaskedSearches } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import { TENANT } from '@touchline/demo/cast.js';
import { Replays } from '@touchline/projections/as-of.js';
import { statusOfCustomer } from '@touchline/projections/customer-status/customer-status.queries.js';
import { streamsEverOf } from '@touchline/projections/customer-streams/streams-to-replay.js';
import type { QueryServices } from '@touchline/projections/named-query.js';
import { ReadModels } from '@touchline/projections/read-models.js';
import { SENDER } from '../data/prepare.js';
import { withPlatform } from '../data/open.js';
import type { Job } from './job.js';
import { timed } from './timed.js';

export interface AsOfInput {
  url: string;
  customers: readonly string[];
  times: number;
}

/** Everything of the group. */
const READER: Caller = { tenant: TENANT, userId: SENDER, displayName: 'bench', roles: ['admin'], sites: 'all' };

/** The answer of the query as of a moment, and reading the streams it stands on, in turn; ms of each. */
export const asOf: Job<AsOfInput, { answeredMs: number[]; readMs: number[]; events: number; streams: number }> = ({
  url,
  customers,
  times,
}) =>
  withPlatform(url, async (platform) => {
    const read = new ReadModels({ ...platform, beside: platform.pool, timeoutMs: 5_000 });
    const asking: QueryServices = {
      ...platform,
      read,
      replays: new Replays({ ...platform, read }),
      masked: new MaskedSearches(platform.pool, platform.clock, 0),
      secret: platform.settings.secrets.identityHmacSecret,
    };
    const head = await platform.store.head();
    if (head === null) throw new Error('the log is empty');
    const [answeredMs, readMs]: [number[], number[]] = [[], []];
    let [events, streams] = [0, 0];
    for (let n = -WARM_UP; n < times; n++) {
      const customer = customers[Math.abs(n) % customers.length]!;
      const names = await streamsEverOf(read.ask, READER, head, customer);
      const answered = await timed(() => statusOfCustomer.answer(asking, { customerId: customer, knownBy: head }, READER));
      const readAll = await timed(async () => {
        events = (await Promise.all(names.map((name) => countOf(platform.store.readStream(name))))).reduce((sum, each) => sum + each, 0);
      });
      streams = names.length;
      if (n < 0) continue;
      answeredMs.push(answered);
      readMs.push(readAll);
    }
    return { answeredMs, readMs, events, streams };
  });

const WARM_UP = 20;

async function countOf(events: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of events) count += 1;
  return count;
}
