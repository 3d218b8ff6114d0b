import { status, type Metadata } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '../../port.js';
import { may, type Right, type User } from './access.js';
import { serverError } from './server-error.js';
import type { TransactionLog } from './transaction-log.js';
import type { Gossip } from './wire-cluster.js';

/** The two that were seen to differ in what they answer. */
export type ServerVersion = '23.10' | '24.6';

/** What the handlers share, and what a test may make the server do. */
export class ServerState {
  private speaking: Promise<void> = Promise.resolve();
  private speak: () => void = () => undefined;
  private notLeaderLeft = 0;
  private lateByMs = 0;
  private eventsUntilDrop = Infinity;
  private sent = 0;
  private onAppend: () => void = () => undefined;
  private refused: ReadonlySet<Right | 'sign-in'> = new Set();
  private forgetting = new AbortController();
  /** Made by an administrator. */
  readonly users = new Map<string, User>();
  /** Calls received so far, by what they ask for; of appends in one call each counts. */
  readonly calls = { append: 0, batchAppend: 0, read: 0, subscribe: 0 };
  /** Of the calls answered so far, the most that were made one after the other. */
  rounds = 0;

  constructor(
    readonly store: EventStore,
    readonly log: TransactionLog,
    readonly settings: {
      maxAppendBytes: number;
      caughtUpMessages: boolean;
      version: ServerVersion;
      /** Of the cluster it is a node of. */
      gossip: Gossip | undefined;
      address: () => { host: string; port: number };
      dropConnections: () => void;
      latencyMs: number;
      /** Whether it asks who calls, as over TLS. */
      authenticates: boolean;
    },
  ) {}

  /** Takes up a call that is made and answered, after its way there: those that come meanwhile are of the same round. */
  async round<T>(kind: 'append' | 'batchAppend' | 'read', answered: () => Promise<T>): Promise<T> {
    this.calls[kind] += 1;
    const round = this.rounds + 1;
    const { latencyMs } = this.settings;
    if (latencyMs > 0) await delay(latencyMs);
    try {
      return await answered();
    } finally {
      this.rounds = Math.max(this.rounds, round);
    }
  }

  /** From now on calls are taken and not answered. */
  silence(): void {
    this.speaking = new Promise((resolve) => (this.speak = resolve));
  }

  endSilence(): void {
    this.speak();
  }

  /** Resolves when the server answers at all. */
  answering(): Promise<void> {
    return this.speaking;
  }

  /** The next append is written only after this long, whatever became of its caller. */
  lateWrite(ms: number): void {
    this.lateByMs = ms;
  }

  /** Resolves when the next append is received and not yet written. */
  appendUnderWay(): Promise<void> {
    return new Promise((resolve) => (this.onAppend = resolve));
  }

  async beforeWrite(): Promise<void> {
    this.onAppend();
    const ms = this.lateByMs;
    this.lateByMs = 0;
    if (ms > 0) await delay(ms);
  }

  /** It answers, and takes no appends yet, as in its first seconds. */
  starting = false;

  /** Whether it takes many appends in one call. */
  takesBatches = true;

  /** @throws the server's answer while it starts */
  checkReady(): void {
    if (this.starting) throw serverError(status.UNAVAILABLE, NOT_READY);
  }

  /** The next calls that ask for the leader are sent on to this very server, as after an election. */
  refuseAsFollower(calls: number): void {
    this.notLeaderLeft = calls;
  }

  /** @throws the server's answer of a node that is not the leader */
  checkLeader(metadata: Metadata): void {
    if (metadata.get('requires-leader')[0] !== 'true') return;
    const { host, port: own } = this.settings.address();
    const port = this.settings.gossip?.members().find(({ leads }) => leads)?.port ?? own;
    if (this.notLeaderLeft === 0 && port === own) return;
    this.notLeaderLeft = Math.max(0, this.notLeaderLeft - 1);
    throw serverError(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': host,
      'leader-endpoint-port': String(port),
    });
  }

  /** From now on these are refused: as somebody without the right to, or as nobody at all. */
  refuse(...rights: readonly (Right | 'sign-in')[]): void {
    this.refused = new Set(rights);
  }

  /**
   * Of a stream's metadata, in the stream `$$` and its name, the rights are those of the stream.
   * @throws the server's answer to somebody who may not
   */
  checkRight(right: 'append' | 'read' | 'delete', name: string, metadata: Metadata): void {
    const [stream, asked] = name.startsWith('$$') ? [name.slice(2), OF_METADATA[right]] : [name, right];
    if (this.refused.has('sign-in')) throw serverError(status.UNAUTHENTICATED, 'Unauthenticated');
    const allowed = !this.settings.authenticates || may(this, metadata, asked, stream);
    if (!allowed || this.refused.has(asked)) throw serverError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
  }

  /** Subscriptions now open stay open and receive nothing any more. */
  forgetSubscriptions(): void {
    this.forgetting.abort();
    this.forgetting = new AbortController();
  }

  /** Aborted when a subscription begun now is forgotten. */
  get forgotten(): AbortSignal {
    return this.forgetting.signal;
  }

  /** All connections break after this many more events were sent. */
  dropAfterEvents(count: number): void {
    this.eventsUntilDrop = count;
  }

  get eventsSent(): number {
    return this.sent;
  }

  eventSent(): void {
    this.sent++;
    if (--this.eventsUntilDrop > 0) return;
    this.eventsUntilDrop = Infinity;
    this.settings.dropConnections();
  }
}

const OF_METADATA = { append: 'metadata', read: 'metadata-read', delete: 'metadata' } as const satisfies Record<string, Right>;

export const NOT_READY = 'Server Is Not Ready';
