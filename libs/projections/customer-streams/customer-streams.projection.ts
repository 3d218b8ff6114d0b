import type { Projection, RecordedEvent } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { ContactEvent } from '@touchline/touchpoints/contact/contact.events.js';
import type { JourneyEvent } from '@touchline/touchpoints/journey/journey.events.js';
import type { CustomerStream } from './customer-streams.entity.js';

export const CATEGORIES = new Set(['customer', 'journey', 'complaint', 'contact', 'reveals']);

export const customerStreamsProjection: Projection<CustomerStream> = {
  name: 'customer-streams',
  version: 2,
  personal: false,
  keys: (event) => (CATEGORIES.has(parseStreamName(event.stream)?.category ?? '') ? [event.stream] : []),
  evolve(row, event, stream, versions) {
    const { subjects, tenant } = event.meta;
    const first = row?.firstPosition;
    return {
      stream,
      tenant,
      category: parseStreamName(stream)?.category ?? '',
      customerId: customerOf(event, row?.customerId ?? null),
      customers: together(row?.customers ?? [], (versions.length > 0 ? versions : [event]).flatMap(customersNamed)),
      siteId: row?.siteId ?? subjects.site ?? null,
      // Events come by occurrence, so the first to come need not be the first recorded.
      firstPosition: first === undefined || event.position < first ? event.position : first,
      events: (row?.events ?? 0) + Math.max(1, versions.length),
    };
  },
};

const together = (some: readonly string[], more: readonly string[]): string[] => [...new Set([...some, ...more])].sort();

/** Whom one event names, whatever became of it later. */
export function customersNamed(event: RecordedEvent): string[] {
  const known = event as RecordedEvent<JourneyEvent | ContactEvent>;
  const { customer } = event.meta.subjects;
  const { customerId } = known.type === 'journey-identified' || known.type === 'contact-tied' ? known.data : { customerId: undefined };
  return [customer, customerId].filter((each) => each !== undefined);
}

function customerOf(event: RecordedEvent, before: string | null): string | null {
  const known = event as RecordedEvent<JourneyEvent | ContactEvent>;
  switch (known.type) {
    case 'journey-identified':
    case 'contact-tied':
      return known.data.customerId;
    case 'contact-untied':
      return null;
    default:
      return before ?? event.meta.subjects.customer ?? null;
  }
}
