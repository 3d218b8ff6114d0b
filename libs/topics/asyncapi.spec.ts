import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@touchline/core';
import { joinings } from '@touchline/testing/joining.js';
import { asyncApiDocument } from './asyncapi.js';
import type { Released } from './compatibility.js';
import { exampleRecords } from './examples.js';
import { topics } from './index.js';
import { takenMessages } from './intake.js';
import type { Schema } from './schema.js';
import { releasedSchemas } from './released-schemas.js';

/** Errors and warnings. */
const SEVERE: readonly number[] = [0, 1];

async function faultsOf(document: JsonObject): Promise<string[]> {
  const found = await new Parser().validate(JSON.stringify(document));
  return found.filter(({ severity }) => SEVERE.includes(severity)).map(({ path, message }) => `${path.join('/')}: ${message}`);
}

/** Of all objects and enumerations in a schema; '' where one has none. */
const titles = (schema: Schema): string[] => [
  ...(schema.type === 'object' || schema['enum'] !== undefined ? [typeof schema['title'] === 'string' ? schema['title'] : ''] : []),
  ...Object.values(schema.properties ?? {}).flatMap(titles),
  ...(schema.items === undefined ? [] : titles(schema.items)),
];

describe('the AsyncAPI document', () => {
  const taken = takenMessages(releasedSchemas());
  const document = asyncApiDocument(topics, 'touchline', taken);

  it('is valid, without as much as a warning, by the official parser', async () => {
    expect(await faultsOf(document)).toEqual([]);
  });

  it('gives every object a name of its own, says where the brokers are, and shows what each message looks like', async () => {
    const shown = asyncApiDocument(topics, 'touchline', taken, { examples: exampleRecords(), tls: true, sasl: 'scram-sha-512' });
    expect(await faultsOf(shown)).toEqual([]);
    const messages = Object.entries((shown['components'] as { messages: Record<string, JsonObject> }).messages);
    const names = messages.flatMap(([, { payload, headers }]) => [...titles(payload as Schema), ...titles(headers as Schema)]);
    expect(names.filter((name) => !/^[A-Z][A-Za-z0-9]+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(messages.filter(([, { payload }]) => (payload as Schema)['title'] === undefined)).toEqual([]);
    expect(names).toContain('TouchpointCallReceivedDetails');
    expect(shown['servers']).toMatchObject({ kafka: { protocol: 'kafka-secure', security: [{ type: 'scramSha512' }] } });
    // What was not taken is sealed; an example would show nothing.
    const unshown = messages.filter(([, message]) => !('examples' in message)).map(([type]) => type);
    expect(unshown).toEqual(['intake-rejected', 'intake-settled']);
  });

  it('says nowhere that customers can be joined, but for what was released with that the id stays as it was recorded', () => {
    expect([...new Set(joinings(JSON.stringify(document)))]).toEqual(['a later merge changes nothing here']);
  });

  it('is refused by it where it is wrong', async () => {
    expect(await faultsOf({ ...document, channels: { touchpoints: { address: 5 } } })).not.toEqual([]);
  });

  it('names every topic with its partitions, and every message', () => {
    const { channels, components } = document as { channels: Record<string, JsonObject>; components: { messages: JsonObject } };
    expect(Object.keys(channels)).toEqual([...topics.map(({ name }) => name), 'manifests', 'intake', 'intake.rejected']);
    expect(channels['touchpoints']).toMatchObject({ address: 'touchline.touchpoints', bindings: { kafka: { partitions: 12 } } });
    const messages = topics.flatMap((topic) => topic.messages.map(({ type }) => type));
    const sent = taken.map(({ type }) => type);
    expect(sent).toContain('intake.call-received');
    expect(Object.keys(components.messages)).toEqual([...messages, 'manifest', ...sent, 'intake-rejected', 'intake-settled']);
  });

  it('says what is told and what is taken, and of a message that is taken its newest form', () => {
    const { operations, channels, components } = document as unknown as Record<string, Record<string, JsonObject>>;
    const received = Object.values(operations!).flatMap(({ action, channel }) => (action === 'receive' ? [channel] : []));
    expect(received).toEqual([{ $ref: '#/channels/intake' }]);
    expect(channels!['intake']).toMatchObject({ address: 'touchline.intake', bindings: { kafka: { partitions: 6 } } });
    const [old, other] = [taken[0]!, taken[1]!].map(({ type, schema }) => ({ type, version: 1, schema })) as [Released, Released];
    const raised = { ...old, version: 10, schema: { ...old.schema, title: 'Raised', description: 'the newest' } };
    expect(takenMessages([old, raised, { ...old, version: 9 }, other]).map(({ version, summary }) => [version, summary])).toEqual([
      [10, 'Raised'],
      [1, other.type],
    ]);
    expect(components!['messages']).toHaveProperty(
      ['intake.call-received', 'headers', 'properties', 'ce_type', 'const'],
      'dev.touchline.intake.call-received',
    );
  });
});
