import type { RecordedEvent } from '@touchline/core';
import { defineTimer, instantAfter, parseStreamName } from '@touchline/core';
import type { ErasureEvent } from './erasure.events.js';

/** Longer than an erasure takes: by then whoever began it was cut short. */
const CUT_SHORT_MS = 10_000;

/** An erasure that was begun is finished, whatever becomes of whoever began it (ADR 0015). */
export const erasureUnfinished = defineTimer({
  kind: 'erasure-unfinished',
  opens: { 'erasure-begun': ({ meta }) => instantAfter(meta.recordedAt, CUT_SHORT_MS) },
  moves: { 'erasure-put-off': ({ data }) => (data as PutOff['data']).until },
  closes: ['erasure-completed'],
  fires: { command: 'erasure-completed', input: ({ stream }) => ({ customerId: parseStreamName(stream)?.id ?? '' }) },
});

type PutOff = RecordedEvent<Extract<ErasureEvent, { type: 'erasure-put-off' }>>;
