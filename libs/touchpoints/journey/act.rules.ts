import type { DecideContext, Decision, EventShape, JsonObject, NewEvent, Rejection, WordPlace } from '@touchline/core';
import { acceptUnless, refuse } from '@touchline/core';
import type { CorrectionRejection } from '../correction.rules.js';
import { checkCorrection } from '../correction.rules.js';
import type { AroundAct, ContactRejection } from './contact.rules.js';
import type { JourneyEvent } from './journey.events.js';

export type ActRejection = ContactRejection | CorrectionRejection;

type Broken<Code extends string> = readonly (Rejection<Code> | false | undefined)[];

/** What a folder's decision adds to what every act on a journey has in common. */
interface Act<E extends EventShape, Code extends string> {
  type: E['type'];
  data: E['data'];
  /** Places of `data` that hold words of the group, beside those that the definition names. */
  words?: readonly WordPlace[];
  /** Fields that were given to the event by its first decision, such as a version; a correction takes them over. */
  keeps?: readonly string[];
  /** Faults that hold for corrections too. */
  faults?: Broken<Code>;
  /** Rules about the moment of the act, which a correction does not repeat. */
  rules?: Broken<Code>;
}

/**
 * Decides an act: as a correction it takes the place of the event it names, and whom that is about, wherever the journey
 * stands by now; else it follows what its journey needs first, in one append.
 */
export function decideAct<E extends EventShape, Code extends string>(
  around: AroundAct,
  { occurredAt, corrects }: { occurredAt: string; corrects?: string },
  context: Pick<DecideContext, 'recorded'>,
  { type, data, words, keeps = [], faults = [], rules = [] }: Act<E, Code>,
): Decision<E | JourneyEvent, Code | ActRejection> {
  const worded = words !== undefined && words.length > 0 ? { words } : {};
  if (corrects !== undefined) {
    const { named, subjects, refusals } = checkCorrection(corrects, type, context);
    if (named === null) return refuse(...refusals);
    return acceptUnless(
      [{ type, data: takeOver(keeps, named.data, data), ...worded, occurredAt, subjects, corrects } as NewEvent<E>],
      ...faults,
    );
  }
  const { before, subjects, refusals } = around;
  // Of a journey that is not there nothing else can be said.
  if (subjects.journey === undefined) return refuse(...refusals);
  const events = [...before, { type, data, ...worded, occurredAt, subjects }] as NewEvent<E | JourneyEvent>[];
  return acceptUnless<E | JourneyEvent, Code | ActRejection>(events, ...refusals, ...faults, ...rules);
}

function takeOver(keys: readonly string[], from: JsonObject, data: JsonObject): JsonObject {
  const own = Object.entries(data).filter(([key]) => !keys.includes(key));
  const kept = Object.entries(from).filter(([key]) => keys.includes(key));
  return Object.fromEntries([...own, ...kept]);
}
