import type { RecordedEvent } from '@touchline/core';
import { parseStreamName } from '@touchline/core';

/** Streams in which contact and service acts are recorded. */
const CATEGORIES = new Set(['journey', 'contact', 'complaint']);

/** Events of those streams that are no contact or service act; a new touchpoint therefore shows without being named here. */
const BOOKKEEPING = new Set(['journey-opened', 'journey-identified', 'journey-owner-assigned', 'contact-tied', 'contact-untied']);

/** True for a contact or service act, which shows in the timeline (domain §4). */
export const isTouchpoint = (event: Pick<RecordedEvent, 'stream' | 'type'>): boolean =>
  CATEGORIES.has(parseStreamName(event.stream)?.category ?? '') && !BOOKKEEPING.has(event.type);
