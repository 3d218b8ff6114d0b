import type { Event } from '@touchline/core';
import { isLater } from '@touchline/core';
import { dayIn } from '@touchline/core/time/zone.js';
import type { Stages } from '@touchline/playbooks';
import type { VisitReceived } from '../visit/visit.events.js';
import type { CallReceived } from './call.events.js';

export const latest = (call: CallReceived, visit: VisitReceived): Event => (isLater(call, visit) ? call : visit);
export const reached = (event: Event, stages: Stages): string[] => [stages.of(event), dayIn('Asia/Shanghai', event.occurredAt)];
