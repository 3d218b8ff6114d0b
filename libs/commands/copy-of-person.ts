import type { RecordedEvent } from '@touchline/core';
import { parseStreamName, streamName } from '@touchline/core';
import { receiptOf } from '@touchline/touchpoints/customer/customer.fold.js';
import type { CopiedEntry, CopiedRecord, PersonCopy } from '@touchline/touchpoints/customer/person-copy.js';
import { personFrom } from '@touchline/touchpoints/customer/person.fold.js';
import type { CommandServices } from './services.js';

/**
 * Everything recorded of a person up to now, opened record by record as it is read on. Null where it is not known in time
 * what that is: half a copy must not look like a whole one.
 */
export async function copyOfPerson(services: CommandServices, tenant: string, customerId: string): Promise<PersonCopy | null> {
  const { deps, customers } = services;
  const head = await deps.streams.store.head();
  const { streams, reached } = await customers.streamsOf(tenant, customerId, head ?? undefined);
  if (!reached) return null;
  const events = await deps.streams.events(streamName('customer', tenant, customerId));
  return {
    customerId,
    takenAt: await deps.clock.now(),
    erasure: receiptOf(customerId, events),
    person: personFrom(await services.open(events)),
    records: recordsOf(services, streams),
  };
}

async function* recordsOf(services: CommandServices, streams: readonly string[]): AsyncGenerator<CopiedRecord> {
  for (const stream of streams) {
    const { category = '', id = '' } = parseStreamName(stream) ?? {};
    const entries = (await services.open(await services.deps.streams.events(stream))).map(entryOf);
    yield { record: category, id, entries };
  }
}

const entryOf = ({ id, type, data, meta }: RecordedEvent): CopiedEntry => ({
  eventId: id,
  type,
  occurredAt: meta.occurredAt,
  recordedAt: meta.recordedAt,
  ...(meta.corrects !== undefined && { corrects: meta.corrects }),
  ...(meta.source && { source: meta.source }),
  data,
});
