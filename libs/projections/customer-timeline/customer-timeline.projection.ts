import type { Json, JsonObject, Position, Projection, RecordedEvent } from '@touchline/core';
import { isTouchpoint } from '../touchpoint-kinds.rules.js';

/** A correction as the timeline shows it. */
export interface Correction {
  eventId: string;
  by: string;
  recordedAt: string;
  /** What it changed: fields in clear with what they said before, sealed ones by name only. */
  replaced: { field: string; before: Json | null; sealed: boolean }[];
}

/** One contact or service act, as it counts now. Nothing personal: sealed fields are named, and stay in the log (ADR 0008). */
export interface TimelineEntry {
  /** Id of the event as first recorded. */
  eventId: string;
  tenant: string;
  stream: string;
  position: Position;
  customerId: string | null;
  journeyId: string | null;
  complaintId: string | null;
  contactId: string | null;
  siteId: string | null;
  occurredAt: string;
  recordedAt: string;
  /** How long after it happened it was recorded; late entry is normal, visible and measured (domain §2). */
  lateBySeconds: number;
  type: string;
  /** Name of a touchpoint that the playbook declares. */
  kind: string | null;
  channel: string | null;
  direction: string | null;
  responsibleId: string | null;
  recordedBy: string;
  stageId: string | null;
  stageOrder: number | null;
  details: JsonObject;
  sealed: string[];
  corrections: Correction[];
  deviations: string[];
  sourceSystem: string | null;
  sourceReference: string | null;
}

export const customerTimelineProjection: Projection<TimelineEntry> = {
  name: 'customer-timeline',
  version: 1,
  table: 'customer_timeline',
  columns: [
    'eventId',
    'tenant',
    'stream',
    'position',
    'customerId',
    'journeyId',
    'complaintId',
    'contactId',
    'siteId',
    'occurredAt',
    'recordedAt',
    'lateBySeconds',
    'type',
    'kind',
    'channel',
    'direction',
    'responsibleId',
    'recordedBy',
    'stageId',
    'stageOrder',
    'details',
    'sealed',
    'corrections',
    'deviations',
    'sourceSystem',
    'sourceReference',
  ] satisfies (keyof TimelineEntry)[],
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
