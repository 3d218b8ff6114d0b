import type { Caller } from '@touchline/core';
import { streamName } from '@touchline/core';
import type { Page, Paging } from '@touchline/http';
import { keyset, pageSql, where } from '../keyset.js';
import type { SqlQuery } from '../sql-query.js';
import type { Rows } from '../read-models.js';
import { parameters, visible } from '../read-models.js';
import { rowsOf, selectFrom, visibleTo } from '../select-from.js';
import { columnsOf, selected } from '../table-of.js';
import { CustomerPart } from '../customer-status/customer-status.entity.js';
import { CustomerStream } from '../customer-streams/customer-streams.entity.js';
import { customerStreamsProjection } from '../customer-streams/customer-streams.projection.js';
import { TimelineEntry } from './customer-timeline.entity.js';
import { customerTimelineProjection } from './customer-timeline.projection.js';
import type { TimelineEntryShown } from './timeline-entry.dto.js';

/** What a timeline is put together from: whose stream each is, and what was done. */
export { CustomerStream };
export const STREAMS_VIEW = customerStreamsProjection;
export const ENTRIES_VIEW = customerTimelineProjection;

/** The stream's name is the log's own business. */
type EntryRow = Omit<TimelineEntry, 'tenant' | 'stream'>;

const ENTRY = selected(columnsOf(TimelineEntry, 'tenant', 'stream'));

export interface TimelineFilter {
  /** Stored names of events, or kinds that a playbook declares. */
  type?: readonly string[];
  occurredFrom?: string;
  occurredTo?: string;
}

/** The streams that tell of a customer and that the caller may see; nothing where there is no such customer for them. */
export async function streamsOf(ask: SqlQuery, caller: Caller, customerId: string, rows: Rows): Promise<string[]> {
  const { values, $ } = parameters();
  const where = `${visible($, caller)} and customer_id = ${$(customerId)}`;
  return (await ask<{ stream: string }>(`select stream from ${rows($)} where ${where}`, values)).map(({ stream }) => stream);
}

/** The stream of one journey or complaint, in the same form. */
export async function streamOf(
  ask: SqlQuery,
  caller: Caller,
  category: 'journey' | 'complaint',
  id: string,
  rows: Rows,
): Promise<string[]> {
  const { values, $ } = parameters();
  const where = `${visible($, caller)} and stream = ${$(streamName(category, caller.tenant, id))}`;
  return (await ask<{ stream: string }>(`select stream from ${rows($)} where ${where}`, values)).map(({ stream }) => stream);
}

/** What was done, by when it happened; entries of one instant in the order they were recorded. */
export async function timeline(
  ask: SqlQuery,
  streams: readonly string[],
  { type, occurredFrom, occurredTo }: TimelineFilter,
  paging: Paging,
  rows: Rows,
): Promise<Page<TimelineEntryShown>> {
  const { values, $ } = parameters();
  const page = keyset($, paging, 'occurred_at', 'position');
  const conditions = [
    `stream = any(${$(streams)}::text[])`,
    ...(type === undefined ? [] : [`(type = any(${$(type)}::text[]) or kind = any(${$(type)}::text[]))`]),
    ...(occurredFrom === undefined ? [] : [`occurred_at >= ${$(occurredFrom)}::timestamptz`]),
    ...(occurredTo === undefined ? [] : [`occurred_at < ${$(occurredTo)}::timestamptz`]),
    ...page.beyond,
  ];
  const entries = await ask<EntryRow>(`select ${ENTRY} from ${rows($)} ${where(conditions)} ${pageSql(page)}`, values);
  const { items, next } = paging.page(entries, ({ occurredAt, position }) => [occurredAt, position]);
  return { items: items.map(shown), next };
}

/** In the names and the form of messages (ADR 0050). */
function shown({ recordedBy, stageId, stageOrder, sourceSystem, sourceReference, corrections, ...same }: EntryRow): TimelineEntryShown {
  return {
    ...same,
    recordedById: recordedBy,
    stage: stageId === null || stageOrder === null ? null : { id: stageId, order: stageOrder },
    source: sourceSystem === null || sourceReference === null ? null : { system: sourceSystem, reference: sourceReference },
    corrections: corrections.map(({ by, ...correction }) => ({ ...correction, recordedById: by })),
  };
}

export interface ComplaintStands {
  revision: number;
  status: string;
  open: boolean;
  customerId: string | null;
  journeyId: string | null;
  siteId: string | null;
  category: string | null;
  severity: string | null;
}

/** Where a complaint stands, which is the customer status's to say. */
export async function complaintOf(ask: SqlQuery, caller: Caller, id: string): Promise<ComplaintStands | undefined> {
  const query = selectFrom(CustomerPart, 'revision', 'status', 'open', 'customerId', 'journeyId', 'siteId', 'severity');
  query.addSelect('row.complaintCategory', 'category').where({ kind: 'complaint', id });
  return (await rowsOf<ComplaintStands>(ask, visibleTo(query, caller)))[0];
}
