import { MerkleTree, HASH_BYTES, leafHash } from '@touchline/audit/merkle.js';
import type { Position } from '@touchline/core';
import type { EventStore, StoredEvent } from '@touchline/event-store';
import type { Compared, Copies, CopyOf, Pairs } from './copies.js';
import { nothingCompared } from './copies.js';

/** Where a copy is not what it is a copy of. */
export interface Difference {
  kind: 'event-differs' | 'event-foreign';
  /** Place in the log, from 0. */
  index: number;
  /** In the copy. */
  position: Position;
  stream: string;
  revision: number;
  eventId: string;
  detail: string;
}

/** A log and the copy that is made of it, and where is noted how far that has come. */
export interface CopyPair<Log extends EventStore = EventStore> {
  source: EventStore;
  target: Log;
  copies: Copies;
  copy: CopyOf;
}

export interface Comparison {
  compared: Compared;
  difference: Difference | null;
  /** Root over all events compared, hex. */
  root: string;
}

/** Pairs of one row: enough that rows are few, few enough to hold. */
const BLOCK = 5_000;

/**
 * Walks both logs side by side, from where they are known to be equal up to the copy's head, and holds every event against
 * its copy: stream, place, id, type and both texts, to the byte. What is equal is noted with its two positions.
 */
export async function compareLogs(
  pair: CopyPair,
  { signal, onEvent }: { signal: AbortSignal; onEvent: (old: Position) => void },
): Promise<Comparison> {
  const { source, target, copies, copy } = pair;
  let compared = await stillEqual(pair);
  const tree = new MerkleTree(compared.events, compared.edge);
  let pairs: Pairs = { old: [], new: [] };
  let { last } = compared;
  const note = async (): Promise<void> => {
    if (pairs.old.length === 0) return;
    const since = compared.events;
    compared = { events: tree.size, last, edge: tree.edge() };
    await copies.advance(copy, since, pairs, compared);
    pairs = { old: [], new: [] };
  };
  const originals = source.readAll({ after: last?.old ?? null })[Symbol.asyncIterator]();
  let difference: Difference | null = null;
  try {
    // The copy is asked first, so that its head is the older of the two: all it may hold stands in the log by then.
    for await (const found of target.readAll({ after: last?.new ?? null })) {
      if (signal.aborted) break;
      const next = await originals.next();
      const original = next.done === true ? null : next.value;
      difference = differenceAt(tree.size, original, found);
      if (difference !== null || original === null) break;
      tree.append(leafHash(statedHash(found)));
      pairs.old.push(original.position);
      pairs.new.push(found.position);
      last = { old: original.position, new: found.position, eventId: found.id };
      if (pairs.old.length === BLOCK) await note();
      onEvent(original.position);
    }
  } finally {
    await originals.return?.();
  }
  await note();
  return { compared, difference, root: tree.root().toString('hex') };
}

/** What is noted as equal, where both logs still hold the last of it: one that was set back is compared anew. */
async function stillEqual({ source, target, copies, copy }: CopyPair): Promise<Compared> {
  const compared = await copies.compared(copy);
  if (compared.last === null) return compared;
  const { last } = compared;
  const [original, found] = [await source.eventAt(last.old), await target.eventAt(last.new)];
  if (original?.id === last.eventId && found?.id === last.eventId) return compared;
  await copies.forget(copy);
  return nothingCompared;
}

function differenceAt(index: number, original: StoredEvent | null, found: StoredEvent): Difference | null {
  const { position, stream, revision, id: eventId } = found;
  const where = { index, position, stream, revision, eventId };
  if (original === null) return { kind: 'event-foreign', ...where, detail: 'the log it is a copy of ends before it' };
  if (original.id !== found.id || original.stream !== stream || original.revision !== revision)
    return {
      kind: 'event-foreign',
      ...where,
      detail: `in its place stands ${original.id}, revision ${original.revision} of ${original.stream}`,
    };
  const differing = (['type', 'data', 'metadata'] as const).filter((part) => original[part] !== found[part]);
  return differing.length === 0
    ? null
    : { kind: 'event-differs', ...where, detail: `its ${differing.join(' and ')} are not those of the log` };
}

const NO_HASH = Buffer.alloc(HASH_BYTES);

/** That which the event says is its hash; the check of the chain is another (`touchline log verify`). */
function statedHash({ metadata }: StoredEvent): Buffer {
  const { hash } = JSON.parse(metadata) as { hash?: unknown };
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? Buffer.from(hash, 'hex') : NO_HASH;
}
