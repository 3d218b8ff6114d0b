import type { Caller, Position } from '@touchline/core';
import { requestSignal } from '@touchline/http/request-signal.js';
import type { Change, Moment, ReplayDeps } from '@touchline/replay';
import { Replay, changesOver, tiesOf, walk } from '@touchline/replay';
import type { SqlQuery } from '../sql-query.js';
import { streamsEverOf } from '../customer-streams/streams-to-replay.js';
import { customerStatusProjection, statusWithoutRevisions } from './customer-status.projection.js';
import type { Part } from './status-of-parts.js';
import { customerStatus, partsAmong, statusWithParts } from './status-of-parts.js';

export type Known = Moment & { upTo: Position };
export type Reader = Pick<Caller, 'tenant' | 'sites'>;
type Deps = ReplayDeps & { ask: SqlQuery };

/** A customer's status at a moment, for a reader; null where they were unknown then, or are to the reader. */
export async function statusAsOf(deps: Deps, reader: Reader, customerId: string, moment: Known) {
  const streams = await streamsEverOf(deps.ask, reader, moment.upTo, customerId);
  const replayed = await new Replay(deps, moment).of([customerStatusProjection], streams);
  const parts = partsAmong(
    replayed.rows(customerStatusProjection).map(({ row }) => row),
    reader,
    customerId,
  );
  return parts.length === 0 ? null : { status: statusWithParts(customerId, parts), events: replayed.events() };
}

/** What of a customer's status differs between two moments, and by which events; null where the reader sees them in neither. */
export async function statusChanges(deps: Deps, reader: Reader, customerId: string, from: Known, to: Known): Promise<Change[] | null> {
  const upTo = from.upTo > to.upTo ? from.upTo : to.upTo;
  const streams = await streamsEverOf(deps.ask, reader, upTo, customerId);
  const histories = await new Replay(deps, { upTo }, requestSignal()).histories(statusWithoutRevisions, streams);
  const ever = { seen: false };
  const steps = walk(statusWithoutRevisions, histories, from, to, tiesOf(deps.registry), requestSignal());
  const changes = await changesOver(steps, (rows) => {
    const parts = partsAmong(rows, reader, customerId);
    ever.seen ||= parts.length > 0;
    return comparable(customerId, parts);
  });
  return ever.seen ? changes : null;
}

/** Nothing of a customer who is not known yet, and no revisions, which every event raises; what there are several of by its id, so that each is compared with itself. */
function comparable(customerId: string, parts: readonly Part[]): object {
  if (parts.length === 0) return {};
  const { journeyList, complaintList } = statusWithParts(customerId, parts);
  const { revision: _, bought, ownerIds, siteIds, ...status } = customerStatus(parts);
  return {
    ...status,
    bought: Object.fromEntries(bought.map(({ currency, ...sum }) => [currency, sum])),
    ownerIds: there(ownerIds),
    siteIds: there(siteIds),
    journey: Object.fromEntries(journeyList.map(({ journeyId, revision: __, ...journey }) => [journeyId, journey])),
    complaint: Object.fromEntries(complaintList.map(({ complaintId, revision: __, ...complaint }) => [complaintId, complaint])),
  };
}

const there = (ids: readonly string[]): Record<string, true> => Object.fromEntries(ids.map((id) => [id, true]));
