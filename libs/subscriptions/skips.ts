import { parseStreamName, streamName } from '@touchline/core';
import type { CommandDeps, CommandOutcome, CommandRequest, EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { StreamRepository, handleCommand } from '@touchline/event-store';
import { skipDecider } from './skip.decider.js';
import type { EventSkipped } from './skip.events.js';

/** Skips stand with the tenant of the event they leave out, so that nothing of it reaches another (ADR 0042). */
const streamOf = (tenant: string, projection: string): string => streamName('projection', tenant, projection);

const NONE: ReadonlySet<string> = new Set();

/** The events one projection leaves out, read from the log, so that a rebuild leaves out the same ones. */
export class Skips {
  private readonly byTenant = new Map<string, Promise<Set<string>>>();

  constructor(
    private readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly projection: string,
  ) {}

  /** Looks again where these events say that something is skipped; else what was read once per tenant holds for the run. */
  learn(events: readonly Pick<StoredEvent, 'type' | 'stream'>[]): void {
    for (const { type, stream } of events) if (type === 'event-skipped') this.byTenant.delete(parseStreamName(stream)?.tenant ?? '');
  }

  async has(event: Pick<StoredEvent, 'id' | 'stream'>): Promise<boolean> {
    return (await this.of(event.stream)).has(event.id);
  }

  /** Ids of what is left out, of a stream and of all others of its tenant. */
  async of(stream: string): Promise<ReadonlySet<string>> {
    const tenant = parseStreamName(stream)?.tenant;
    return tenant === undefined ? NONE : (this.byTenant.get(tenant) ?? this.read(tenant));
  }

  /** Kept while it is read, so that many who ask at once read it once; what failed is read again. */
  private read(tenant: string): Promise<Set<string>> {
    const skipped = new StreamRepository(this.store, this.registry)
      .events(streamOf(tenant, this.projection))
      .then((events) => new Set(events.map(({ data }) => (data as EventSkipped).eventId)));
    this.byTenant.set(tenant, skipped);
    skipped.catch(() => this.byTenant.delete(tenant));
    return skipped;
  }
}

/** Records that a projection leaves an event out for good; recording it again changes nothing. */
export function recordSkip(deps: CommandDeps, request: CommandRequest, skip: EventSkipped, occurredAt: string): Promise<CommandOutcome> {
  return handleCommand(deps, {
    stream: streamOf(request.tenant, skip.projection),
    decider: skipDecider,
    command: { skip, occurredAt },
    request,
  });
}
