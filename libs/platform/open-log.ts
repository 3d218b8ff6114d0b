import { InvalidSettings, type Settings } from '@touchline/config';
import type { OrderedLog } from '@touchline/event-store';
import { MalformedConnectionString, readEventStoreAddress } from '@touchline/config/event-store-address.js';
import { EventStoreDbEventStore } from '@touchline/event-store/eventstoredb/eventstoredb-event-store.js';
import type { Granted } from '@touchline/event-store/eventstoredb/grant.js';
import { OtherRights, grant } from '@touchline/event-store/eventstoredb/grant.js';
import type { Rights } from '@touchline/event-store/eventstoredb/rights.js';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';

/** The log of the settings is one that everything was moved away from: no reader would see what is written to it. */
export class LogMovedAway extends Error {
  override readonly name = 'LogMovedAway';
  constructor(movedTo: string) {
    super(`this log was left for log ${movedTo} (touchline checkpoints move); set EVENTSTORE_URL, or take it out, to name that one`);
  }
}

interface LogOptions {
  onConnectionError?: (error: Error) => void;
  deadlineMs?: number;
  /** Of our streams on EventStoreDB. */
  namespace?: string;
  /** Told of each event of others on the same EventStoreDB that a subscription passes over. */
  onForeign?: () => void;
  /** False for a log that is only read: an empty database is not made into an empty log. Default true. */
  migrate?: boolean;
}

/** The log that the settings name. */
export const openLog = (
  { eventStoreUrl, databaseUrl, eventStoreNamespace: namespace }: Settings['store'],
  options: LogOptions,
): Promise<OrderedLog> => bySetting(() => openLogAt(eventStoreUrl ?? databaseUrl, { namespace, ...options }));

/** @throws InvalidSettings for what is wrong with the address and only the client finds: a file that is not there */
async function bySetting<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw error instanceof MalformedConnectionString ? new InvalidSettings([{ key: 'EVENTSTORE_URL', problem: error.message }]) : error;
  }
}

/** What the user of the settings may do to the streams of the log; null where it is on Postgres. */
export async function rightsIn({ eventStoreUrl, eventStoreNamespace: namespace }: Settings['store']): Promise<Rights | null> {
  if (eventStoreUrl === undefined) return null;
  const store = await bySetting(() => EventStoreDbEventStore.open({ connectionString: eventStoreUrl, namespace }));
  return store.rights().finally(() => store.close());
}

/** Makes the user of the settings on their server, and the rights of the log; a fault in words where that is not to be done. */
export async function grantIn(
  { eventStoreUrl }: Settings['store'],
  admin: { username: string; password: string },
): Promise<Granted | { fault: string }> {
  if (eventStoreUrl === undefined) return { fault: 'the log is on Postgres: what may be done to it, the rights of that database say' };
  const { tls, user } = readEventStoreAddress(eventStoreUrl);
  if (user === null) return { fault: 'EVENTSTORE_URL names no user: esdb://user:password@…' };
  if (!tls) return { fault: 'EVENTSTORE_URL says tls=false: nobody is authenticated so, and no right would hold' };
  return bySetting(() => grant(eventStoreUrl, admin)).catch((error: unknown) => {
    if (error instanceof OtherRights) return { fault: error.message };
    throw error;
  });
}

/** The log at an address: `postgres:` is one driver's, everything else the other's. */
export function openLogAt(url: string, { deadlineMs, namespace, onForeign, ...options }: LogOptions): Promise<OrderedLog> {
  const deadline = deadlineMs === undefined ? {} : { deadlineMs };
  return /^postgres(ql)?:/.test(url)
    ? PostgresEventStore.open({ url, ...options, ...deadline })
    : EventStoreDbEventStore.open({
        connectionString: url,
        ...deadline,
        ...(namespace !== undefined && { namespace }),
        ...(onForeign !== undefined && { onForeign }),
      });
}
