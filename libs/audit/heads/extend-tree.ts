import type { ClientBase } from 'pg';
import type { EventStore, StoredEvent } from '@touchline/event-store';
import { inBatches } from '@touchline/event-store';
import { checkEvent } from '../check-chain.js';
import { HiddenStreams, LogBroken, NOWHERE } from '../faults.js';
import type { Tile } from '../merkle.js';
import { MerkleTree, leafHash } from '../merkle.js';
import type { HeadChecks } from './check-heads.js';
import type { NotedStream, TreeStands } from './tree-store.js';
import { TreeStore } from './tree-store.js';

const BATCH = 2_000;

export interface Extended {
  tree: MerkleTree;
  /** Null on an empty log. */
  stands: TreeStands | null;
}

/**
 * Folds what the log has gained since the last time into its tree, each batch in a transaction of its own, so that an
 * interrupted run goes on where it was. Events are checked on the way; nothing that does not hold gets into the tree.
 * The caller is the only one at it.
 * @throws LogBroken
 */
export async function extendTree(client: ClientBase, store: EventStore, logId: string, heads: HeadChecks): Promise<Extended> {
  const kept = new TreeStore(client, logId);
  let stands = await kept.stands();
  if (stands !== null) await confirm(store, stands);
  let full: Tile[] = [];
  const tree = new MerkleTree(stands?.size, stands === null ? [] : await kept.edge(stands.size), (tile) => full.push(tile));
  assertAgree(heads, tree);
  const hidden = new HiddenStreams();
  for await (const batch of inBatches(store.readAll({ after: stands?.position ?? null, onDamage: hidden.see }), BATCH)) {
    assertShown(hidden);
    const from = tree.size;
    const notes = await kept.notes([...new Set(batch.map(({ stream }) => stream))]);
    for (const event of batch) fold(event, tree, notes, heads);
    const last = batch.at(-1);
    if (last === undefined) break;
    stands = { size: tree.size, position: last.position, eventId: last.id };
    await client.query('begin');
    try {
      const isMine = await kept.advance(from, stands, [...full, ...tree.edge()], [...notes.values()]);
      if (!isMine) throw new Error(`the tree of log ${logId} was moved by another`);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
    full = [];
  }
  assertShown(hidden);
  return { tree, stands };
}

/** Where it was read, the walk begins again next time: nothing is signed until it is taken back. */
function assertShown(hidden: HiddenStreams): void {
  const [fault] = hidden.faults;
  if (fault !== undefined) throw new LogBroken(fault);
}

/** The log still holds what was folded last: it was not set back, and is no other. */
async function confirm(store: EventStore, { position, eventId, size }: TreeStands): Promise<void> {
  const event = await store.eventAt(position);
  if (event?.id === eventId) return;
  const detail = `the log no longer holds the last of the ${size} events that were signed, ${eventId} at ${position}`;
  throw new LogBroken({ ...NOWHERE, kind: 'log-cut', position, eventId, detail });
}

function fold(event: StoredEvent, tree: MerkleTree, notes: Map<string, NotedStream>, heads: HeadChecks): void {
  const { stream, revision } = event;
  const before = notes.get(stream);
  const index = tree.size;
  const { hash, fault } = checkEvent(index, event, before ?? null);
  if (fault !== null) throw new LogBroken(fault);
  notes.set(stream, { stream, revision, hash, firstIndex: before?.firstIndex ?? index, lastIndex: index });
  tree.append(leafHash(hash));
  assertAgree(heads, tree);
}

/** No head is ever signed that contradicts an earlier one. */
function assertAgree(heads: HeadChecks, tree: MerkleTree): void {
  heads.reached(tree);
  const [fault] = heads.differences();
  if (fault !== undefined) throw new LogBroken(fault);
}
