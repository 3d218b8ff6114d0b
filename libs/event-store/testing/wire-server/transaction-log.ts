import type { Position } from '@touchline/core';
import type { EventStore, StoredEvent } from '../../port.js';
import { shownOf, unescaped, type ResponseProperty } from './hidden.js';

/** A record as the real server's $all shows it. Positions are bytes in its file: they grow, and are never dense. */
export interface LogRecord {
  commit: bigint;
  prepare: bigint;
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/** Every so many events the server writes one of its own. */
const SYSTEM_EVENT_EVERY = 3;

/**
 * The order of an event store's events with the server's own events between them, laid out like the real server's file.
 * Both are a function of the stored events alone, so that a restart, or a second server, gives the same positions.
 * Held in memory: this serves tests.
 */
export class TransactionLog {
  private readonly records: LogRecord[] = [];
  private readonly streams = new Map<string, LogRecord[]>();
  private readonly placeOf = new Map<Position, LogRecord>();
  private readonly sentAs = new Map<string, string>();
  private readonly reading = new AbortController();
  /** Taken away; their places stay theirs. */
  private readonly scavenged = new Set<LogRecord>();
  private readonly watchers = new Set<() => void>();
  private end = 0n;
  private stored = 0;
  private done: Promise<void> = Promise.resolve();

  private constructor() {
    this.writeSystemEvent('$$$settings', '$metadata', '{"$acl":{"$r":"$all"}}');
    this.writeSystemEvent('$user-admin', '$UserCreated', '{"loginName":"admin"}');
  }

  /** Resolves when everything stored so far is laid out. */
  static async over(store: EventStore): Promise<TransactionLog> {
    const log = new TransactionLog();
    await new Promise<void>((resolve, reject) => {
      log.done = log.followStore(store, resolve).catch(reject);
    });
    return log;
  }

  private async followStore(store: EventStore, onCaughtUp: () => void): Promise<void> {
    for await (const batch of store.subscribeToAll({ signal: this.reading.signal })) {
      for (const event of batch.events) this.layOut(event);
      this.announce();
      if (batch.caughtUp) onCaughtUp();
    }
  }

  private layOut(event: StoredEvent): void {
    const { revision, data, metadata } = event;
    const [stream, type] = [unescaped(event.stream), unescaped(event.type)];
    const id = this.sentAs.get(event.id) ?? event.id;
    this.placeOf.set(event.position, this.add({ stream, revision, id, type, data, metadata }));
    this.stored++;
    if (this.stored % SYSTEM_EVENT_EVERY !== 0) return;
    switch ((this.stored / SYSTEM_EVENT_EVERY) % 4) {
      case 0:
        return this.writeSystemEvent('$scavenges', '$scavengeCompleted', `{"spaceSaved":${this.stored}}`);
      case 1:
        return this.writeSystemEvent('$stats-127.0.0.1:2113', '$statsCollected', `{"proc-mem":${this.stored}}`);
      case 2:
        return this.writeSystemEvent('$ce-journey', '$>', `${revision}@${stream}`);
      default:
        return this.writeSystemEvent('links-of-a-projection', '$>', `${revision}@${stream}`);
    }
  }

  private writeSystemEvent(stream: string, type: string, data: string): void {
    const revision = this.streams.get(stream)?.length ?? 0;
    const id = `00000000-0000-4000-8000-${this.records.length.toString(16).padStart(12, '0')}`;
    // Like a record of an old explicit transaction: prepared well before it was committed.
    this.end += 40n;
    this.add({ stream, revision, id, type, data, metadata: '' }, 40n);
  }

  /** Events of the server's own at the end of the log; a restart of the process forgets them. */
  addStatistics(count: number): void {
    for (let i = 0; i < count; i++) this.writeSystemEvent('$stats-127.0.0.1:2113', '$statsCollected', `{"sample":${i}}`);
    this.announce();
  }

  private announce(): void {
    for (const watcher of [...this.watchers]) watcher();
  }

  private add(record: Omit<LogRecord, 'commit' | 'prepare'>, committedAfter = 0n): LogRecord {
    const placed = { ...record, commit: this.end, prepare: this.end - committedAfter };
    this.records.push(placed);
    const stream = this.streams.get(record.stream);
    if (stream === undefined) this.streams.set(record.stream, [placed]);
    else stream.push(placed);
    this.end += BigInt(120 + 2 * record.type.length + Buffer.byteLength(record.data) + Buffer.byteLength(record.metadata));
    return placed;
  }

  /** The id under which readers see the event that is stored under another. */
  showAs(storedId: string, id: string): void {
    this.sentAs.set(storedId, id);
  }

  /** The record of a stored event, waiting until it is laid out. */
  async recordOf(position: Position): Promise<LogRecord> {
    for (;;) {
      const record = this.placeOf.get(position);
      if (record !== undefined) return record;
      await this.grown();
    }
  }

  /** The records of a stream, waiting until the one at this revision is laid out. */
  async streamUpTo(name: string, revision: number): Promise<readonly LogRecord[]> {
    for (;;) {
      const records = this.streams.get(name) ?? [];
      if (records.length > revision) return records;
      await this.grown();
    }
  }

  /** Resolves at the next growth, or when `signal` is aborted. */
  grown(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        this.watchers.delete(settle);
        signal?.removeEventListener('abort', settle);
        resolve();
      };
      this.watchers.add(settle);
      if (signal?.aborted) settle();
      signal?.addEventListener('abort', settle);
    });
  }

  get length(): number {
    return this.records.length;
  }

  at(index: number): LogRecord | undefined {
    return this.records[index];
  }

  /** Index of the record at exactly this position; null where none begins there. */
  indexOf(commit: bigint, prepare: bigint): number | null {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.records[middle]!.commit < commit) low = middle + 1;
      else high = middle;
    }
    const found = this.records[low];
    return found?.commit === commit && found.prepare === prepare ? low : null;
  }

  stream(name: string): readonly LogRecord[] | undefined {
    return this.streams.get(name);
  }

  /** What the server shows of a stream, as its metadata stands. */
  shown(name: string): ResponseProperty {
    return shownOf(this.streams.get(name) ?? [], this.streams.get(`$$${name}`)?.at(-1)?.data);
  }

  /** Takes away what is hidden by then; all else stays where it is. */
  scavenge(): void {
    for (const [name, records] of this.streams) {
      const shown = this.shown(name);
      const left = { there: shown.kind === 'there' ? shown.from : 0, 'soft-deleted': records.length, tombstoned: records.length - 1 };
      for (const record of records.slice(0, left[shown.kind])) this.scavenged.add(record);
    }
  }

  /** False of what a scavenge took away. */
  holds(record: LogRecord): boolean {
    return !this.scavenged.has(record);
  }

  async close(): Promise<void> {
    this.reading.abort();
    await this.done;
  }
}
