import { createHash } from 'node:crypto';
import type { RecordedEvent, SiteScope } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { checkEvent } from '../check-chain.js';
import { LogBroken, NOWHERE } from '../faults.js';
import type { LogHeads } from '../heads/log-heads.js';
import type { StreamEnd } from '../stream-ends.js';
import type { EvidenceEvent, EvidenceHeader, ProvenStream, Told } from './verify-evidence.js';
import { canonical, summaryOf } from './verify-evidence.js';

export interface EvidenceDeps {
  store: EventStore;
  registry: EventRegistry;
  logHeads: LogHeads;
}

export interface EvidenceOrder {
  tenant: string;
  customer: string;
  /** Sites that the streams were chosen by. */
  sites: SiteScope;
  /** Every stream that belongs in it. */
  streams: readonly string[];
  /** Who has it made. */
  by: string;
  at: string;
  /** Opens personal fields, for whoever may see them; without it they stay sealed. */
  open?: (events: readonly RecordedEvent[]) => Promise<RecordedEvent[]>;
}

/**
 * The history of one customer with its proofs, as the lines of a file (ADR 0014): a header with the signed head and the place
 * of each stream in it, the events as stored, a summary, and a signature over it all. The log is signed as it stands, and
 * every event is checked before the first line is given: what does not hold is not handed out.
 * @throws LogBroken
 */
export async function makeEvidence(deps: EvidenceDeps, order: EvidenceOrder): Promise<AsyncGenerator<string>> {
  const { head, proven } = await deps.logHeads.prove(order.streams);
  for (const stream of proven) await assertHolds(deps.store, stream);
  const { publicKey } = deps.logHeads.keys.public.find(({ keyId }) => keyId === head.keyId) ?? deps.logHeads.keys.current;
  const { tenant, customer, sites, by, at } = order;
  const header: EvidenceHeader = {
    ...{ kind: 'header', format: 'touchline-evidence/1', tenant, customer, head, publicKey, streams: proven },
    ...{ sites: sites === 'all' ? sites : [...sites], exportedAt: at, exportedBy: by },
  };
  return linesOf(deps, order, header);
}

const eventsOf = (store: EventStore, { stream, events }: ProvenStream): AsyncIterable<StoredEvent> =>
  store.readStream(stream, { limit: events });

async function assertHolds(store: EventStore, proven: ProvenStream): Promise<void> {
  let end: StreamEnd | null = null;
  for await (const event of eventsOf(store, proven)) {
    const { hash, fault } = checkEvent(0, event, end);
    if (fault !== null) throw new LogBroken({ ...fault, index: null });
    end = { revision: event.revision, hash };
  }
  if (end?.hash.toString('hex') === proven.hash) return;
  const detail = `${proven.stream} does not end as it was signed`;
  throw new LogBroken({ ...NOWHERE, kind: 'stream-rewritten', stream: proven.stream, detail });
}

async function* linesOf(deps: EvidenceDeps, { open }: EvidenceOrder, header: EvidenceHeader): AsyncGenerator<string> {
  const digest = createHash('sha256');
  const lineOf = (value: unknown): string => {
    const line = `${canonical(value)}\n`;
    digest.update(line);
    return line;
  };
  yield lineOf(header);
  const told: Told[] = [];
  for (const stream of header.streams)
    for await (const stored of eventsOf(deps.store, stream)) {
      const event = asEvidence(stored);
      const opened = open === undefined ? null : await openedFields(deps.registry, stored, open);
      const { position, revision, type, metadata } = event;
      told.push({ position, revision, stream: event.stream, type, metadata });
      yield lineOf(opened === null ? event : { ...event, opened });
    }
  yield lineOf({ kind: 'summary', lines: summaryOf(header, told) });
  const sha256 = digest.digest('hex');
  yield `${canonical({ kind: 'seal', sha256, signature: deps.logHeads.keys.signSeal(sha256, header.head.keyId) })}\n`;
}

const asEvidence = ({ id, stream, revision, position, type, data, metadata }: StoredEvent): EvidenceEvent => ({
  ...{ kind: 'event', id, stream, revision, position, type },
  data: JSON.parse(data) as EvidenceEvent['data'],
  metadata: JSON.parse(metadata) as EvidenceEvent['metadata'],
});

/** The personal fields of an event in clear, or marked as erased; null where it has none. */
async function openedFields(
  registry: EventRegistry,
  stored: StoredEvent,
  open: NonNullable<EvidenceOrder['open']>,
): Promise<EvidenceEvent['opened'] | null> {
  const fields = registry.get(stored.type).personal?.fields ?? [];
  if (fields.length === 0) return null;
  const [opened] = await open([registry.decode(stored)]);
  const present = fields.flatMap((field) => (opened?.data[field] === undefined ? [] : [[field, opened.data[field]] as const]));
  return present.length === 0 ? null : (Object.fromEntries(present) as EvidenceEvent['opened']);
}
