import { expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { topics } from '@touchline/topics';
import { RelayStopped } from './errors.js';
import { MessageBuilder } from './message-builder.js';
import { ReplayedSequences } from './replayed-sequences.js';

it('an erasure that does not say of whom stops the relay, and takes nothing back', async () => {
  const registry = { decode: (event: object) => ({ ...event, meta: { tenant: 'g', subjects: {} } }) } as unknown as EventRegistry;
  const state = topics.filter(({ kind }) => kind === 'state');
  const messages = new MessageBuilder({ store: {} as EventStore, registry, topics: state }, new ReplayedSequences(), () => null);
  const erased = { id: 'e', type: 'customer-erased', stream: 'nobody', position: asPosition('1') } as StoredEvent;
  await expect(messages.build([erased]).then((batch) => messages.number(batch))).rejects.toThrow(RelayStopped);
});
