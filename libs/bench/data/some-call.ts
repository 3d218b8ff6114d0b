import type { EventStore, EventToAppend } from '@touchline/event-store';

/** An event without the id it is appended under. */
export type Texts = Omit<EventToAppend, 'id'>;

/** Texts of a call that a prepared log holds, to append again. */
export async function someCall(store: EventStore): Promise<Texts> {
  for await (const { type, data, metadata } of store.readAll({ limit: 5_000 })) if (type === 'call-made') return { type, data, metadata };
  throw new Error('the log holds no call');
}
