import type { JsonObject, RecordedEvent } from '@touchline/core';
import type { Schema } from './schema.js';
import { id, instant, list, object, picked, text, whole, word } from './schema.js';

// What every fact on a topic says beside its own details. Ids, instants and words of lists; nothing personal.

export const factSchema = (details: Schema): Schema =>
  object(
    {
      id: id('of the event; the same as ce_id'),
      occurredAt: instant('when it happened in the world'),
      recordedAt: instant('when it was recorded'),
      recordedBy: object({ kind: word(['user', 'service', 'import', 'system']), id: id() }),
      details,
    },
    {
      customerId: id('as it was recorded; a later merge changes nothing here'),
      journeyId: id(),
      complaintId: id(),
      contactId: id('of a call or visit that left no details'),
      siteId: id(),
      stage: object({ id: id(), order: whole("its place in that playbook's order") }, {}, 'the stage it reached'),
      playbook: object({ id: id(), version: whole() }),
      source: object({ system: text(), reference: text() }, {}, 'the system it came from, and that system’s own reference'),
      corrects: id('of the event that this one replaces'),
      deviations: list(text(), 'rules of the journey that imported history broke'),
    },
  );

/** The event as a fact, with what `schema` names of its data. */
export function factOf(event: RecordedEvent, schema: Schema): JsonObject {
  const { occurredAt, recordedAt, actor, subjects, stage, playbook, source, corrects, deviations } = event.meta;
  const details = schema.properties?.['details'];
  return picked(schema, {
    complaintId: subjects.complaint,
    contactId: subjects.contact,
    corrects,
    customerId: subjects.customer,
    details: details === undefined ? {} : picked(details, event.data),
    deviations,
    id: event.id,
    journeyId: subjects.journey,
    occurredAt,
    playbook: playbook && { id: playbook.id, version: playbook.version },
    recordedAt,
    recordedBy: { id: actor.id, kind: actor.kind },
    siteId: subjects.site,
    source: source && { reference: source.reference, system: source.system },
    stage: stage && { id: stage.id, order: stage.order },
  });
}

/** Whose order an event belongs to: its customer as recorded, else the contact, else the journey or complaint (ADR 0018). */
export const orderOf = ({ meta: { subjects }, stream }: RecordedEvent): string =>
  subjects.customer ?? subjects.contact ?? subjects.journey ?? subjects.complaint ?? stream;
