import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject, RecordedEvent } from '@touchline/core';
import { storedFields } from '@touchline/testing/stored-shapes.js';
import type { PublicMessage, Topic } from './index.js';
import { topics } from './index.js';
import type { Schema } from './schema.js';
import { everyEvent, registry } from './testing/fixtures.js';
import { faultsOf } from './testing/strict.js';
import { toldOf, touchpointMessages } from './touchpoint-messages.js';

const SECRET = '机密-secret-Ada Lovelace';

/** What a topic says of one event alone. */
function said(topic: Topic, event: RecordedEvent): Pick<PublicMessage, 'data' | 'type'> | null {
  if (topic.kind === 'facts') return topic.messageOf(event);
  const entity = topic.entityOf(event);
  const stands = entity === null ? null : topic.stateOf(topic.evolve(null, event), entity);
  return stands && { data: stands.data, type: topic.changed };
}

/** The event with a secret in each field that is sealed, and, for what is told as text, in each that could be free. */
function withSecrets(event: RecordedEvent): RecordedEvent {
  const sealed = registry.get(event.type).personal?.fields ?? [];
  const data: JsonObject = { ...event.data };
  for (const field of sealed) data[field] = { text: SECRET };
  return { ...event, data };
}

describe('what is told on the topics', () => {
  it('is one file a topic, and every one is in the list', () => {
    const files = readdirSync(import.meta.dirname).flatMap((file) => /^(.+)\.topic\.ts$/.exec(file)?.[1] ?? []);
    expect(topics.map(({ name }) => name)).toEqual(files.sort());
  });

  it('is every touchpoint and nothing that is none', () => {
    const kinds = registry.all().filter(({ touchpoint }) => touchpoint);
    expect(Object.keys(touchpointMessages).sort()).toEqual(kinds.map(({ type }) => type).sort());
  });

  it('was tried with an event of every version of every type', () => {
    const types = registry.all().map(({ type }) => type);
    expect(new Set(everyEvent.map(({ type }) => type))).toEqual(new Set(types.filter((type) => type !== 'event-skipped')));
  });

  it.each(everyEvent.map((event) => [`${event.type} v${event.meta.schemaVersion}`, event] as const))(
    'of %s fits its schema',
    (_, event) => {
      for (const topic of topics) {
        const message = said(topic, event);
        const data = message?.data ?? null;
        if (message === null || data === null) continue;
        expect([topic.name, faultsOf(message.type.schema ?? ({} as Schema), data)]).toEqual([topic.name, '']);
      }
    },
  );

  it.each(everyEvent.map((event) => [event.type, event] as const))('of %s holds no field that is sealed', (_, event) => {
    for (const topic of topics) expect(JSON.stringify(said(topic, withSecrets(event)))).not.toContain('secret');
  });

  it('names no sealed field in any schema, of whichever event', () => {
    const sealed = new Map(registry.all().map(({ type, personal }) => [type, personal?.fields ?? []]));
    const told = Object.entries(touchpointMessages).flatMap(([type, { fields }]) =>
      Object.keys(toldOf(fields).properties ?? {}).filter((field) => sealed.get(type)?.includes(field)),
    );
    expect(told).toEqual([]);
  });

  it('names only fields that its event has', () => {
    const stored = new Set(storedFields().map(({ type, path }) => `${type} ${path.replace(/[[.].*/, '')}`));
    const unknown = Object.entries(touchpointMessages).flatMap(([type, { fields }]) =>
      Object.keys(toldOf(fields).properties ?? {}).flatMap((field) => (stored.has(`${type} ${field}`) ? [] : [`${type} ${field}`])),
    );
    // It carries the fields of a call or a visit, beside its own.
    expect(unknown.filter((each) => !each.startsWith('contact-recorded '))).toEqual([]);
  });
});

describe('a state topic', () => {
  const of = (wanted: string): RecordedEvent => {
    const found = everyEvent.find(({ type }) => type === wanted);
    if (found === undefined) throw new Error(`there is no ${wanted}`);
    return found;
  };

  it('says nothing of a journey before it is opened', () => {
    const topic = topics.find(({ kind }) => kind === 'state');
    if (topic?.kind !== 'state') throw new Error('there is none');
    expect(topic.stateOf(topic.evolve(null, of('visit-received')), 'j-1')).toBeNull();
    expect(topic.stateOf(topic.evolve(null, of('journey-opened')), 'j-1')?.data).toMatchObject({ journeyId: 'j-1', status: 'open' });
  });
});
