import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@touchline/core';
import { asyncApiDocument } from './asyncapi.js';
import { topics } from './index.js';

/** Errors and warnings. */
const SEVERE: readonly number[] = [0, 1];

async function faultsOf(document: JsonObject): Promise<string[]> {
  const found = await new Parser().validate(JSON.stringify(document));
  return found.filter(({ severity }) => SEVERE.includes(severity)).map(({ path, message }) => `${path.join('/')}: ${message}`);
}

describe('the AsyncAPI document', () => {
  const document = asyncApiDocument(topics, 'touchline');

  it('is valid, without as much as a warning, by the official parser', async () => {
    expect(await faultsOf(document)).toEqual([]);
  });

  it('is refused by it where it is wrong', async () => {
    expect(await faultsOf({ ...document, channels: { touchpoints: { address: 5 } } })).not.toEqual([]);
  });

  it('names every topic with its partitions, and every message', () => {
    const { channels, components } = document as { channels: Record<string, JsonObject>; components: { messages: JsonObject } };
    expect(Object.keys(channels)).toEqual([...topics.map(({ name }) => name), 'manifests']);
    expect(channels['touchpoints']).toMatchObject({ address: 'touchline.touchpoints', bindings: { kafka: { partitions: 12 } } });
    const messages = topics.flatMap((topic) => topic.messages.map(({ type }) => type));
    expect(Object.keys(components.messages)).toEqual([...messages, 'manifest']);
  });
});
