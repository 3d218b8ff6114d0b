import type { StoredEvent } from '@touchline/event-store';
import { chainLink } from '@touchline/event-store';
import type { Fault } from './faults.js';
import { placeOf } from './faults.js';
import { HASH_BYTES } from './merkle.js';
import type { StreamEnd } from './stream-ends.js';
import { StreamEnds } from './stream-ends.js';

export interface Checked {
  /** The hash that the event states. */
  hash: Buffer;
  /** Why it does not hold; null where it does. */
  fault: Fault | null;
}

const NO_HASH = Buffer.alloc(HASH_BYTES);

/** Holds an event against its own hash and against the one before it in its stream (ADR 0014). */
export function checkEvent(index: number, event: StoredEvent, before: StreamEnd | null): Checked {
  const link = chainLink(event);
  const hash = link.hash === '' ? NO_HASH : Buffer.from(link.hash, 'hex');
  const expected = (before?.revision ?? -1) + 1;
  const { stream, revision } = event;
  const fault = (kind: Fault['kind'], detail: string): Checked => ({ hash, fault: { kind, ...placeOf(index, event), detail } });
  if (!link.holds) return fault('event-altered', 'its text is not what its hash was made over');
  if (revision > expected) return fault('event-missing', `revision ${expected} of ${stream} is missing before it`);
  if (revision < expected) return fault('event-out-of-order', `it comes after revision ${expected - 1} of its stream`);
  if (link.previousHash !== (before?.hash.toString('hex') ?? ''))
    return fault('event-rewritten', `it was recorded after another event than the one that is now before it in ${stream}`);
  return { hash, fault: null };
}

/** The chains of all streams, as the log is walked: what breaks them first, and how far each stream has come. */
export class ChainWalk {
  readonly ends = new StreamEnds();
  fault: Fault | null = null;
  /** The event that the first fault says is missing: should it come later, it is out of order. */
  private missing: { stream: string; revision: number } | null = null;

  /** Gives the hash that the event states. */
  add(index: number, event: StoredEvent): Buffer {
    const { stream, revision } = event;
    const before = this.ends.get(stream);
    const { hash, fault } = checkEvent(index, event, before);
    if (this.fault === null && fault !== null) {
      this.fault = fault;
      if (fault.kind === 'event-missing') this.missing = { stream, revision: (before?.revision ?? -1) + 1 };
    } else if (this.fault !== null && this.missing?.stream === stream && this.missing.revision === revision) {
      this.fault = { ...this.fault, kind: 'event-out-of-order', detail: `revision ${revision} of ${stream} comes after it` };
      this.missing = null;
    }
    this.ends.set(stream, { revision, hash });
    return hash;
  }
}
