import type { RecordedEvent } from '@touchline/core';
import { storedEvents } from '@touchline/touchpoints/list.js';

const TOUCHPOINTS = new Set(storedEvents.flatMap(({ type, touchpoint }) => (touchpoint ? [type] : [])));

/** True for a contact or service act, as its definition says, which shows in the timeline (domain §4). */
export const isTouchpoint = ({ type }: Pick<RecordedEvent, 'type'>): boolean => TOUCHPOINTS.has(type);
