import type { JsonObject, Projection, RecordedEvent } from '@touchline/core';
import { isTouchpoint } from '../touchpoint-kinds.rules.js';
import type { Correction, TimelineEntry } from './customer-timeline.entity.js';

export const customerTimelineProjection: Projection<TimelineEntry> = {
  name: 'customer-timeline',
  version: 1,
  personal: false,
  keys: (event) => (isTouchpoint(event) ? [event.id] : []),
  evolve(_row, event, eventId, versions) {
    const { meta } = event;
    const { channel, direction, responsibleId, kind, ...rest } = event.data;
    const [details, sealed] = apart(rest);
    return {
      eventId,
      tenant: meta.tenant,
      stream: event.stream,
      position: event.position,
      customerId: meta.subjects.customer ?? null,
      journeyId: meta.subjects.journey ?? null,
      complaintId: meta.subjects.complaint ?? null,
      contactId: meta.subjects.contact ?? null,
      siteId: meta.subjects.site ?? null,
      occurredAt: meta.occurredAt,
      recordedAt: meta.recordedAt,
      lateBySeconds: Math.max(0, Math.floor((Date.parse(meta.recordedAt) - Date.parse(meta.occurredAt)) / 1000)),
      type: event.type,
      kind: textOf(kind),
      channel: textOf(channel),
      direction: textOf(direction),
      responsibleId: textOf(responsibleId),
      recordedBy: (versions[0] ?? event).meta.actor.id,
      stageId: meta.stage?.id ?? null,
      stageOrder: meta.stage?.order ?? null,
      details,
      sealed,
      corrections: versions.slice(1).map((correction, index) => correctionOf(versions[index]!, correction)),
      deviations: meta.deviations ?? [],
      sourceSystem: meta.source?.system ?? null,
      sourceReference: meta.source?.reference ?? null,
    };
  },
};

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Sealed fields, erased ones among them, are told by their form. */
const isPersonal = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && ('sealed' in value || 'erased' in value);

function apart(data: JsonObject): [JsonObject, string[]] {
  const fields = Object.entries(data).filter(([, value]) => value !== undefined);
  const personal = fields.filter(([, value]) => isPersonal(value));
  return [Object.fromEntries(fields.filter(([, value]) => !isPersonal(value))), personal.map(([field]) => field).sort()];
}

function correctionOf(before: RecordedEvent, correction: RecordedEvent): Correction {
  const was: JsonObject = { ...before.data, occurredAt: before.meta.occurredAt };
  const is: JsonObject = { ...correction.data, occurredAt: correction.meta.occurredAt };
  const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  const replaced = fields.flatMap((field): Correction['replaced'] => {
    // Sealing is random: two sealed values cannot be told apart, so each is named.
    if (isPersonal(was[field]) || isPersonal(is[field])) return [{ field, before: null, sealed: true }];
    if (JSON.stringify(was[field]) === JSON.stringify(is[field])) return [];
    return [{ field, before: was[field] ?? null, sealed: false }];
  });
  return { eventId: correction.id, by: correction.meta.actor.id, recordedAt: correction.meta.recordedAt, replaced };
}
