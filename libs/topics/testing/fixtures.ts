import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EventMetadata, JsonObject, RecordedEvent } from '@touchline/core';
import { asPosition } from '@touchline/core';
import { EventRegistry, canonicalJson } from '@touchline/event-store';
import { projectionEvents } from '@touchline/subscriptions';
import { storedEvents } from '@touchline/touchpoints/list.js';

interface Fixture {
  stored: { id: string; stream: string; revision: number; type: string; data: JsonObject; metadata: EventMetadata };
}

const folder = resolve(import.meta.dirname, '../../touchpoints');

export const registry = new EventRegistry([...storedEvents, ...projectionEvents]);

/** One event of every version of every type there ever was, as this release reads it. */
export const everyEvent: readonly RecordedEvent[] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\/stored\/[^/]+\.json$/.test(path))
  .sort()
  .map((path) => {
    const { data, metadata, ...rest } = (JSON.parse(readFileSync(join(folder, path), 'utf8')) as Fixture).stored;
    const position = asPosition('0000000000000001');
    return registry.decode({ ...rest, position, data: canonicalJson(data), metadata: canonicalJson(metadata) });
  });
