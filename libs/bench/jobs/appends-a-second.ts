import { randomUUID } from 'node:crypto';
import { streamName } from '@touchline/core';
import { TENANT } from '@touchline/demo/cast.js';
import { atOnce } from './at-once.js';

const EVENTS_PER_STREAM = 10;

/** Appends of one event each, several to a stream, so many waiting at any time. */
export function appendsASecond(
  { waiting, seconds }: { waiting: number; seconds: number },
  append: (stream: string, revision: number) => Promise<unknown>,
): Promise<{ perSecond: number }> {
  const places = Array.from({ length: waiting }, () => ({ stream: '', revision: EVENTS_PER_STREAM }));
  return atOnce(waiting, seconds, 0.3, async (worker) => {
    const place = places[worker]!;
    if (place.revision === EVENTS_PER_STREAM) Object.assign(place, { stream: streamName('journey', TENANT, randomUUID()), revision: 0 });
    await append(place.stream, place.revision);
    place.revision += 1;
  });
}
