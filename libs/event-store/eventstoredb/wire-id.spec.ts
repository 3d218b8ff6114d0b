import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wireIdOf, withId, withoutId } from './wire-id.js';

const event = { id: '0b0e4f3a-5a1c-5d1e-9c3b-0a1b2c3d4e5f', type: 'NoteTaken', data: '{"text":"one"}', metadata: '{"by":"li"}' };

describe('the id that the server sees', () => {
  it('is a UUID, and the same for the same bytes', () => {
    expect(wireIdOf(event)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(wireIdOf({ ...event })).toBe(wireIdOf(event));
  });

  it('is another for every other id, type, data or metadata, and where a byte moves from one to the next', () => {
    const others = [
      event,
      { ...event, id: '0b0e4f3a-5a1c-5d1e-9c3b-0a1b2c3d4e50' },
      { ...event, type: 'NoteTorn' },
      { ...event, data: '{"text":"two"}' },
      { ...event, metadata: '{"by":"wu"}' },
      { ...event, type: 'NoteTake', data: `n${event.data}` },
    ];
    expect(new Set(others.map(wireIdOf)).size).toBe(others.length);
  });
});

describe('metadata with our id in front', () => {
  it.each(['{}', '{"by":"li"}', '""', '[1]', '{"metadata":1}', '{"touchlineId":"x"}', withId(event.id, '{}'), withId(event.id, '""')])(
    'gives both back: %s',
    (metadata) => {
      const kept = withId(event.id, metadata);
      expect(JSON.parse(kept)).toBeTruthy();
      expect(withoutId('of the server', kept)).toEqual({ id: event.id, metadata });
    },
  );

  it('gives any text back', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.oneof(fc.string(), fc.json()), (id, metadata) => {
        expect(withoutId('of the server', withId(id, metadata))).toEqual({ id, metadata });
      }),
    );
  });

  it('of records written before is left as it is, with the id of the record', () => {
    expect(withoutId(event.id, event.metadata)).toEqual({ id: event.id, metadata: event.metadata });
  });
});
