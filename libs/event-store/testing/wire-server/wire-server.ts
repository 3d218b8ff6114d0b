import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { UsersService } from '@eventstore/db-client/generated/users_grpc_pb.js';
import type users from '@eventstore/db-client/generated/users_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server as SocketServer, type Socket } from 'node:net';
import type { EventStore } from '../../port.js';
import { append } from './append-handler.js';
import { batchAppend } from './batch-append-handler.js';
import { clusterInfo, supportedMethods } from './cluster-handlers.js';
import { softDelete, tombstone } from './delete-handler.js';
import { read } from './read-handler.js';
import type { Right } from './access.js';
import { serverError } from './server-error.js';
import { ServerState, type ServerVersion } from './server-state.js';
import { createUser } from './users-handler.js';
import { TransactionLog } from './transaction-log.js';
import type { Gossip } from './wire-cluster.js';

export interface WireServerOptions {
  /** Holds the events; the caller closes it, after the server. */
  store: EventStore;
  /** 0, the default, for any free one. */
  port?: number;
  /** The real server's default is 1 MiB. */
  maxAppendBytes?: number;
  /** False to be like servers before 23.10, which never tell a subscription that it has caught up. */
  caughtUpMessages?: boolean;
  /** Whose answers it gives where the two differ; default 23.10. */
  version?: ServerVersion;
  /** Where it is a node of a cluster; else it leads a cluster of its own. */
  gossip?: Gossip;
  /** PEM; in the clear when absent, and then the client sends no credentials, and nobody is asked for any. */
  tls?: { cert: Buffer; key: Buffer };
  /** How long a call is on its way before it is taken up, ms; default 0. */
  latencyMs?: number;
}

const HOST = '127.0.0.1';
const MAX_STREAMS_PER_CONNECTION = 100;

export const startWireServer = (options: WireServerOptions): Promise<WireServer> => WireServer.start(options);

/**
 * A server that speaks EventStoreDB's gRPC protocol on top of an event store: Streams (Read, Append, BatchAppend), Gossip
 * and ServerFeatures. It imitates what makes the real one awkward: positions with gaps and events of its own among
 * ours always, the rest on demand.
 */
export class WireServer {
  private readonly sockets = new Set<Socket>();
  private listener: SocketServer | undefined;
  private readonly grpc = new Server({
    'grpc.max_concurrent_streams': MAX_STREAMS_PER_CONNECTION,
    // The handlers say what is too large, in the real server's words.
    'grpc.max_receive_message_length': -1,
  });
  private readonly injector: ReturnType<Server['createConnectionInjector']>;
  private readonly state: ServerState;

  private constructor(
    private readonly log: TransactionLog,
    options: WireServerOptions,
    private boundPort: number,
  ) {
    this.state = new ServerState(options.store, log, {
      maxAppendBytes: options.maxAppendBytes ?? 1024 * 1024,
      caughtUpMessages: options.caughtUpMessages ?? true,
      version: options.version ?? '23.10',
      gossip: options.gossip,
      address: () => ({ host: HOST, port: this.port }),
      dropConnections: () => this.dropConnections(),
      latencyMs: options.latencyMs ?? 0,
      authenticates: options.tls !== undefined,
    });
    this.grpc.addService(StreamsService, {
      read: (call: ServerWritableStream<streams.ReadReq, streams.ReadResp>) => finish(call, read(this.state, call)),
      append: (call: ServerReadableStream<streams.AppendReq, streams.AppendResp>, done: sendUnaryData<streams.AppendResp>) =>
        answer(append(this.state, call), done),
      batchAppend: (call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>) =>
        finish(call, batchAppend(this.state, call)),
      delete: (call: ServerUnaryCall<streams.DeleteReq, unknown>, done: sendUnaryData<unknown>) =>
        answer(softDelete(this.state, call), done),
      tombstone: (call: ServerUnaryCall<streams.TombstoneReq, unknown>, done: sendUnaryData<unknown>) =>
        answer(tombstone(this.state, call), done),
    });
    this.grpc.addService(GossipService, { read: (_: unknown, done: sendUnaryData<unknown>) => answer(clusterInfo(this.state), done) });
    this.grpc.addService(UsersService, {
      create: (call: ServerUnaryCall<users.CreateReq, unknown>, done: sendUnaryData<unknown>) => answer(createUser(this.state, call), done),
    });
    this.grpc.addService(ServerFeaturesService, {
      getSupportedMethods: (_: unknown, done: sendUnaryData<unknown>) => answer(supportedMethods(this.state), done),
    });
    this.injector = this.grpc.createConnectionInjector(
      options.tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [{ cert_chain: options.tls.cert, private_key: options.tls.key }]),
    );
  }

  static async start(options: WireServerOptions): Promise<WireServer> {
    const server = new WireServer(await TransactionLog.over(options.store), options, options.port ?? 0);
    await server.start();
    return server;
  }

  get port(): number {
    return this.boundPort;
  }

  get connectionString(): string {
    return `esdb://${HOST}:${this.port}?tls=false`;
  }

  /** Listens, after `stop` on the same port again. */
  async start(): Promise<void> {
    this.listener = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => undefined);
      this.injector.injectConnection(socket);
    });
    this.listener.listen(this.boundPort, HOST);
    await once(this.listener, 'listening');
    this.boundPort = (this.listener.address() as AddressInfo).port;
  }

  /** Refuses connections and breaks those there are, as a killed server does. */
  async stop(): Promise<void> {
    const closed = this.listener === undefined ? Promise.resolve() : once(this.listener, 'close');
    this.listener?.close();
    this.listener = undefined;
    this.dropConnections();
    await closed;
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Breaks all connections once this many more events have been sent. */
  dropAfterEvents(count: number): void {
    this.state.dropAfterEvents(count);
  }

  /** From now on takes calls and answers none, until `endSilence`. */
  silence(): void {
    this.state.silence();
  }

  endSilence(): void {
    this.state.endSilence();
  }

  /** The next append is written only after this long, whatever became of its caller. */
  lateWrite(ms: number): void {
    this.state.lateWrite(ms);
  }

  /** Resolves when the next append is received and not yet written. */
  appendUnderWay(): Promise<void> {
    return this.state.appendUnderWay();
  }

  /** The next so many calls that ask for the leader are refused, naming this server as the leader. */
  refuseAsFollower(calls: number): void {
    this.state.refuseAsFollower(calls);
  }

  /** From now on these are refused: as somebody without the right to, or as nobody at all. None: everybody may again. */
  refuse(...rights: readonly (Right | 'sign-in')[]): void {
    this.state.refuse(...rights);
  }

  /** Whether it answers and takes no appends yet, as in its first seconds. */
  set starting(is: boolean) {
    this.state.starting = is;
  }

  /** Whether it takes many appends in one call, as all do that the client still speaks to. */
  set takesBatches(is: boolean) {
    this.state.takesBatches = is;
  }

  /** Subscriptions now open stay open and receive nothing any more. */
  forgetSubscriptions(): void {
    this.state.forgetSubscriptions();
  }

  /** Users that were made, by their logins. */
  get users(): ServerState['users'] {
    return this.state.users;
  }

  /** How many calls of each kind it has received. */
  get calls(): Readonly<ServerState['calls']> {
    return this.state.calls;
  }

  /**
   * How many rounds of reads and appends it has answered: of calls under way together one counts. What is asked together must
   * come within the server's latency.
   */
  get rounds(): number {
    return this.state.rounds;
  }

  /** What is hidden in it is taken away, as by an administrator's scavenge of full chunks. */
  scavenge(): void {
    this.log.scavenge();
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** Events of the server's own, at the end of the log. */
  addSystemEvents(count: number): void {
    this.log.addStatistics(count);
  }

  /** All events sent so far, in pages and to subscriptions, system events included. */
  get eventsSent(): number {
    return this.state.eventsSent;
  }

  async close(): Promise<void> {
    this.state.endSilence();
    await this.stop();
    this.injector.destroy();
    this.grpc.forceShutdown();
    await this.log.close();
  }
}

function answer<T>(result: Promise<T>, done: sendUnaryData<T>): void {
  result.then(
    (value) => done(null, value),
    (error: unknown) => done(asServerError(error)),
  );
}

function finish(call: { end(): unknown; emit(event: 'error', error: Error): boolean }, handled: Promise<void>): void {
  handled.then(
    () => call.end(),
    (error: unknown) => call.emit('error', asServerError(error)),
  );
}

const asServerError = (error: unknown) =>
  error instanceof Error && 'code' in error && 'details' in error
    ? (error as ReturnType<typeof serverError>)
    : serverError(status.UNKNOWN, String(error));
