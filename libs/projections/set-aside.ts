import type { Pool } from 'pg';
import type { CommandMetadata } from '@touchline/commands';
import { parseStreamName, streamName } from '@touchline/core';
import type { CommandDeps } from '@touchline/event-store';
import type { Page, Paging } from '@touchline/http';
import { Problem, answer } from '@touchline/http';
import type { Builds, FailedEvent, SetAside } from '@touchline/subscriptions';
import { SetAsides, Skips, buildName, recordSkip } from '@touchline/subscriptions';
import { projections } from './index.js';
import { known } from './rebuilds.js';

/** A stream that a read model, or its rebuild, cannot work in. */
export interface SetAsideShown extends Omit<SetAside, 'after'> {
  projection: string;
  tenant: string | null;
  /** True where it is missing from rows that are built beside the live ones. */
  rebuild: boolean;
  event: FailedEvent;
}

/** How much is missing from a read model. */
export interface AsideSummary {
  streams: number;
  /** Since when the oldest waits; null where nothing does. */
  since: string | null;
}

export interface Skip {
  eventId: string;
  reason: string;
}

interface AsideDeps {
  pool: Pick<Pool, 'query'>;
  builds: Builds;
}

/** What is set aside, for whoever is to settle it: of one group, or of all for who runs the platform (domain §1.2). */
export class SetAsideOperations {
  private readonly asides: SetAsides;

  constructor(private readonly deps: AsideDeps) {
    this.asides = new SetAsides(deps.pool);
  }

  /** Of one read model, or of all. @throws Problem 404 `projection.unknown` */
  async list(paging: Paging, { name, tenant }: { name?: string; tenant?: string }): Promise<Page<SetAsideShown>> {
    const names = name === undefined ? projections.map((each) => each.name) : [name];
    const readers = new Map((await Promise.all(names.map((each) => this.readers(each)))).flat());
    const [after = ''] = paging.after() ?? [];
    const page = { ...(tenant !== undefined && { tenant }), after: String(after), limit: paging.size + 1 };
    const { items, next } = paging.page(await this.asides.list([...readers.keys()], page), ({ stream, reader }) => [`${stream} ${reader}`]);
    const shown = items.map(({ after: _, reader, ...aside }) => {
      const projection = readers.get(reader) ?? reader;
      return { projection, tenant: parseStreamName(aside.stream)?.tenant ?? null, rebuild: reader !== projection, ...aside };
    });
    return { items: shown, next };
  }

  /** Has what is set aside be tried again at once. @throws Problem 404 `projection.unknown` */
  async retry(name: string, tenant?: string): Promise<{ streams: number }> {
    return { streams: await this.asides.retry(name, await this.readersOf(name), tenant) };
  }

  async summary(name: string): Promise<AsideSummary> {
    const found = (await this.asides.counts()).find(({ reader }) => reader === name);
    return { streams: found?.streams ?? 0, since: found?.since ?? null };
  }

  /** The stream that is set aside for this event, by the live rows or by those built beside them. */
  async streamAt(name: string, eventId: string): Promise<string | null> {
    return this.asides.at(await this.readersOf(name), eventId);
  }

  private async readersOf(name: string): Promise<string[]> {
    return (await this.readers(name)).map(([reader]) => reader);
  }

  /** Each with the read model that it is of. */
  private async readers(name: string): Promise<[string, string][]> {
    known(name);
    const next = await this.deps.builds.next(name);
    return next === null
      ? [[name, name]]
      : [
          [name, name],
          [buildName(next), name],
        ];
  }
}

/**
 * Leaves out an event of the own group for which a read model has set a stream aside, for good and on every rebuild. What is
 * of another group is told of as if it were not there.
 * @throws Problem 404 `projection.unknown` | 409 `projection.not-failed`
 */
export async function skipOwn(
  { aside, deps }: { aside: SetAsideOperations; deps: CommandDeps },
  metadata: CommandMetadata,
  name: string,
  { eventId, reason }: Skip,
): Promise<{ streams: number }> {
  const stream = await aside.streamAt(name, eventId);
  const isOwn = stream !== null && parseStreamName(stream)?.tenant === metadata.tenant;
  if (!isOwn) {
    const skips = new Skips(deps.streams.store, deps.registry, name);
    // Said again, after the stream has gone on.
    if (await skips.has({ id: eventId, stream: streamName('projection', metadata.tenant, name) })) return { streams: 0 };
    throw new Problem(409, 'projection.not-failed', `${name} has set nothing aside for this event`);
  }
  // If-Match is about a record on somebody's screen, and nobody sees this one.
  const { ifMatch: _, ...request } = metadata;
  answer(await recordSkip(deps, request, { projection: name, eventId, stream, reason }, await deps.clock.now()));
  return { streams: 1 };
}
