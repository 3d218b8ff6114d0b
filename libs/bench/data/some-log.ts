import type { OrderedLog } from '@touchline/event-store';
import { openLogAt } from '@touchline/platform/open-log.js';

/** A log that is measured: of a database, or a namespace of an EventStoreDB server beside a database. */
export interface LogAddress {
  databaseUrl: string;
  eventStore?: { url: string; namespace: string };
}

export const openSomeLog = ({ databaseUrl, eventStore }: LogAddress): Promise<OrderedLog> =>
  eventStore === undefined ? openLogAt(databaseUrl, {}) : openLogAt(eventStore.url, { namespace: eventStore.namespace });

/** Settings of a platform on it, beside its database. */
export const settingsFor = ({ eventStore }: LogAddress): Record<string, string> =>
  eventStore === undefined ? {} : { EVENTSTORE_URL: eventStore.url, EVENTSTORE_NAMESPACE: eventStore.namespace };
