import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { EventMetadata, JsonObject } from '@touchline/core';
import { asPosition, defineEvent } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import { EventRegistry, UnknownEventType, canonicalJson, hashEvent } from '@touchline/event-store';
import { touchpoints } from './list.js';

/**
 * A file `<folder>/stored/<type>.v<version>.json`: an event as a log holds it, and its data as this release reads it.
 * `stored` is never edited; its hash says so. `newest` follows when the type gets a new version.
 */
interface Fixture {
  stored: { id: string; stream: string; revision: number; type: string; data: JsonObject; metadata: EventMetadata };
  newest: JsonObject;
}

const registry = new EventRegistry(touchpoints.flatMap(({ events }) => events));

const fixtures = touchpoints.flatMap(({ name }) => {
  const folder = join(import.meta.dirname, name, 'stored');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.map((file) => ({ folder: name, file, ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture) }));
});

const asStored = ({ data, metadata, ...rest }: Fixture['stored']): StoredEvent => ({
  ...rest,
  position: asPosition('0000000000000000'),
  data: canonicalJson(data),
  metadata: canonicalJson(metadata),
});

function hashOf({ data, metadata, ...event }: Fixture['stored']): string {
  const { hash: _hash, previousHash, ...meta } = metadata;
  return hashEvent(previousHash, { ...event, data: canonicalJson(data), metadataWithoutHashes: canonicalJson(meta) });
}

describe('events as they were once stored', () => {
  it('are kept for every version of every type', () => {
    const wanted = touchpoints.flatMap(({ name, events }) =>
      events.flatMap(({ type, version }) => Array.from({ length: version }, (_, below) => `${name}/stored/${type}.v${below + 1}.json`)),
    );
    expect(fixtures.map(({ folder, file }) => `${folder}/stored/${file}`).sort()).toEqual(wanted.sort());
  });

  describe.each(fixtures)('$file', ({ file, stored, newest }) => {
    it('is an event of that type and version', () => {
      expect(`${stored.type}.v${stored.metadata.schemaVersion}.json`).toBe(file);
    });

    it('has the bytes it was written with', () => {
      expect(stored.metadata.hash).toBe(hashOf(stored));
    });

    it('reads as the newest version, whatever its metadata says left as it is', () => {
      const { data, meta } = registry.decode(asStored(stored));
      expect({ data, meta }).toStrictEqual({ data: newest, meta: stored.metadata });
    });

    // What an older version kept in clear stays so: it is never rewritten.
    const { version } = registry.get(stored.type);
    if (stored.metadata.schemaVersion === version)
      it('holds nothing personal in the clear', () => {
        for (const field of registry.get(stored.type).personal?.fields ?? []) {
          if (stored.data[field] === undefined) continue;
          expect(stored.data[field]).toEqual({ sealed: expect.stringMatching(/^v1\.[\w-]{16}\.[\w-]{22,}$/), of: expect.any(String) });
        }
      });
  });
});

describe('reading an old version', () => {
  const upcasters = {
    1: ({ seconds, ...rest }: JsonObject): JsonObject => ({ ...rest, minutes: Number(seconds) / 60 }),
    2: (data: JsonObject): JsonObject => ({ ...data, unit: 'minutes' }),
  };
  const drive = defineEvent({ type: 'drive-taken', version: 3, touchpoint: true, upcasters });
  const drives = new EventRegistry([drive]);
  const [sample] = fixtures;
  const stored = (schemaVersion: number, data: JsonObject): StoredEvent => {
    if (sample === undefined) throw new Error('there are no fixtures');
    return asStored({ ...sample.stored, type: 'drive-taken', data, metadata: { ...sample.stored.metadata, schemaVersion } });
  };

  it('raises it step by step, from wherever it stands', () => {
    const newest = { route: 'river', minutes: 18, unit: 'minutes' };
    expect(drives.decode(stored(1, { route: 'river', seconds: 1080 })).data).toStrictEqual(newest);
    expect(drives.decode(stored(2, { route: 'river', minutes: 18 })).data).toStrictEqual(newest);
    expect(drives.decode(stored(3, newest)).data).toStrictEqual(newest);
  });

  it('leaves what the log says of it untouched', () => {
    expect(drives.decode(stored(1, { seconds: 60 })).meta.schemaVersion).toBe(1);
  });

  it('stops at a version newer than this release, and at a type it does not know', () => {
    expect(() => drives.decode(stored(4, {}))).toThrow(UnknownEventType);
    expect(() => drives.decode({ ...stored(1, {}), type: 'drive-booked' })).toThrow(UnknownEventType);
  });

  it('needs an upcaster for every step, and one definition a type', () => {
    const { 2: _second, ...firstOnly } = upcasters;
    expect(() => new EventRegistry([{ ...drive, upcasters: firstOnly }])).toThrow('lacks the upcaster from version 2');
    expect(() => new EventRegistry([drive, drive])).toThrow('declared twice');
  });
});
