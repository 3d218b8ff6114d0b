import type { Settings } from '@touchline/config';
import type { OrderedLog } from '@touchline/event-store';
import { EventStoreDbEventStore } from '@touchline/event-store/eventstoredb/eventstoredb-event-store.js';
import type { Rights } from '@touchline/event-store/eventstoredb/rights.js';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';

/** The log of the settings is one that everything was moved away from: no reader would see what is written to it. */
export class LogLeft extends Error {
  override readonly name = 'LogLeft';
  constructor(movedTo: string) {
    super(`this log was left for log ${movedTo} (touchline checkpoints move); set EVENTSTORE_URL, or take it out, to name that one`);
  }
}

interface LogOptions {
  onConnectionError?: (error: Error) => void;
  deadlineMs?: number;
  /** Of our streams on EventStoreDB. */
  namespace?: string;
  /** False for a log that is only read: an empty database is not made into an empty log. Default true. */
  migrate?: boolean;
}

/** The log that the settings name. */
export const openLog = (
  { eventStoreUrl, databaseUrl, eventStoreNamespace: namespace }: Settings['store'],
  options: LogOptions,
): Promise<OrderedLog> => openLogAt(eventStoreUrl ?? databaseUrl, { namespace, ...options });

/** What the user of the settings may do to the streams of the log; null where it is on Postgres. */
export async function rightsIn({ eventStoreUrl, eventStoreNamespace: namespace }: Settings['store']): Promise<Rights | null> {
  if (eventStoreUrl === undefined) return null;
  const store = await EventStoreDbEventStore.open({ connectionString: eventStoreUrl, namespace });
  return store.rights().finally(() => store.close());
}

/** The log at an address: `postgres:` is one driver's, everything else the other's. */
export function openLogAt(url: string, { deadlineMs, namespace, ...options }: LogOptions): Promise<OrderedLog> {
  const deadline = deadlineMs === undefined ? {} : { deadlineMs };
  return /^postgres(ql)?:/.test(url)
    ? PostgresEventStore.open({ url, ...options, ...deadline })
    : EventStoreDbEventStore.open({ connectionString: url, ...deadline, ...(namespace !== undefined && { namespace }) });
}
