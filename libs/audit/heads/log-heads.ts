import type { ClientBase, Pool } from 'pg';
import type { Clock } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import { withAdvisoryLock } from '@touchline/postgres';
import type { ProvenStream } from '../evidence/verify-evidence.js';
import type { Witness } from '../check-witness.js';
import { inclusionProof } from '../merkle.js';
import { HeadChecks } from './check-heads.js';
import { extendTree } from './extend-tree.js';
import type { KnownHead, SignedHead, SigningKeys } from './head.js';
import { HeadRows } from './head-rows.js';
import { TreeStore } from './tree-store.js';

interface HeadDeps {
  pool: Pool;
  store: EventStore;
  clock: Clock;
  keys: SigningKeys;
}

/** The log has no events yet: there is nothing to sign. */
export class LogEmpty extends Error {
  override readonly name = 'LogEmpty';
}

/** The signed heads of the log: written, listed, and what is proven by them (ADR 0014). */
export class LogHeads {
  /** Of this process one waits for its turn with a connection, however many ask. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: HeadDeps) {}

  get keys(): SigningKeys {
    return this.deps.keys;
  }

  /**
   * Signs the log as it stands, after checking everything that came since the last time; gives the newest head where
   * nothing came. `unlessWithinMs`: also where the newest was signed so lately.
   * @throws LogBroken | LogEmpty
   */
  write({ unlessWithinMs = 0 } = {}): Promise<SignedHead> {
    return this.alone(async ({ heads, sign }) => {
      const newest = unlessWithinMs === 0 ? null : await heads.newest();
      const now = Date.parse(await this.deps.clock.now());
      return newest !== null && now - Date.parse(newest.signedAt) < unlessWithinMs ? newest : sign();
    });
  }

  /** A head over the log as it stands, and proofs that the last events of these streams are in it; unknown ones are left out. */
  prove(streams: readonly string[]): Promise<{ head: SignedHead; proven: ProvenStream[] }> {
    return this.alone(async ({ kept, sign }) => {
      const head = await sign();
      const notes = await kept.notes(streams);
      const proven: ProvenStream[] = [];
      for (const stream of streams) {
        const note = notes.get(stream);
        if (note === undefined) continue;
        const proof = await inclusionProof(kept.tile, note.lastIndex, head.treeSize);
        const hex = proof.map((hash) => hash.toString('hex'));
        proven.push({ stream, events: note.revision + 1, hash: note.hash.toString('hex'), index: note.lastIndex, proof: hex });
      }
      return { head, proven };
    });
  }

  /** Heads of this log, the newest first, from below one on. */
  async list(limit: number, below: number | null = null): Promise<SignedHead[]> {
    return new HeadRows(this.deps.pool, await this.deps.store.logId()).page(limit, below);
  }

  /**
   * All heads that there are, and whether they are signed with our keys: also those of another log, since a log that was
   * copied has the events of the one it was copied from, and one that lost its id is still found out (ADR 0014).
   */
  async all(): Promise<KnownHead[]> {
    return this.known(await new HeadRows(this.deps.pool, await this.deps.store.logId()).from(0));
  }

  known(heads: readonly SignedHead[]): KnownHead[] {
    return heads.map((head) => ({ head, isSigned: this.keys.haveSigned(head) }));
  }

  async witness(): Promise<Witness | null> {
    return new TreeStore(this.deps.pool, await this.deps.store.logId()).witness();
  }

  /** One at a time, over all processes; the lock ends with the connection, so a killed one never blocks the next. */
  private alone<T>(work: (at: Desk) => Promise<T>): Promise<T> {
    const mine = this.turn.then(() => this.locked(work));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async locked<T>(work: (at: Desk) => Promise<T>): Promise<T> {
    const { pool, store } = this.deps;
    const logId = await store.logId();
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const [kept, heads] = [new TreeStore(client, logId), new HeadRows(client, logId)];
      const desk = { kept, heads, sign: () => this.sign(client, logId, kept, heads) };
      return await withAdvisoryLock(client, `touchline.log-heads.${logId}`, () => work(desk));
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A session that failed might keep its lock.
      client.release(broken);
    }
  }

  private async sign(client: ClientBase, logId: string, kept: TreeStore, heads: HeadRows): Promise<SignedHead> {
    const before = this.known(await heads.from((await kept.stands())?.size ?? 0));
    const { tree, stands } = await extendTree(client, this.deps.store, logId, new HeadChecks(before));
    if (stands === null) throw new LogEmpty('the log has no events yet');
    const same = before.find(({ head, isSigned }) => isSigned && head.logId === logId && head.treeSize === tree.size);
    if (same !== undefined) return same.head;
    const head = this.keys.signHead({
      logId,
      position: stands.position,
      root: tree.root().toString('hex'),
      signedAt: await this.deps.clock.now(),
      treeSize: tree.size,
    });
    await heads.add(head);
    return head;
  }
}

/** What whoever has the lock works with. */
interface Desk {
  kept: TreeStore;
  heads: HeadRows;
  sign: () => Promise<SignedHead>;
}
