import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { release } from './release.js';

/** What a worker may be doing; each is 1 or 0, so that standing by is told apart from standing still. */
const STATES = ['running', 'standby', 'paused', 'stopped'] as const;
export type WorkerState = (typeof STATES)[number];

/** Gauges of Node that bear the name of counters. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Prometheus metrics of one process. Labels are routes, codes and names of projections; never ids. */
export class Metrics {
  readonly registry = new Registry();

  readonly requests = new Histogram({
    name: 'touchline_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly refusals = new Counter({
    name: 'touchline_refusals_total',
    help: 'Requests answered with a problem, by its code',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });

  readonly projectedEvents = new Counter({
    name: 'touchline_projection_events_total',
    help: 'Events a projection has passed, used or not',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly foreignEvents = new Counter({
    name: 'touchline_foreign_events_total',
    help: 'Events of others on a shared EventStoreDB server that a reader of this process has passed over; each reader passes them by itself',
    registers: [this.registry],
  });

  readonly projectionBatches = new Histogram({
    name: 'touchline_projection_batch_seconds',
    help: 'Time to fold and store a batch',
    labelNames: ['projection'] as const,
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [this.registry],
  });

  readonly projectionState = new Gauge({
    name: 'touchline_projection_running',
    help: '1 while a projection runs here, 0 while it is stopped or paused',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly projectionStates = new Gauge({
    name: 'touchline_projection_state',
    help: '1 for what a projection is doing in this process: running, standby while another process runs it, paused or stopped',
    labelNames: ['projection', 'state'] as const,
    registers: [this.registry],
  });

  readonly projectionLagEvents = new Gauge({
    name: 'touchline_projection_lag_events',
    help: 'Events of the log that a projection has not passed yet, whichever process runs it',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly projectionLagSeconds = new Gauge({
    name: 'touchline_projection_lag_seconds',
    help: 'Age of the oldest event that a projection has not passed yet',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly setAsideStreams = new Gauge({
    name: 'touchline_projection_set_aside_streams',
    help: 'Streams that a projection has set aside, since an event of them could not be worked in',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly rebuiltEvents = new Counter({
    name: 'touchline_rebuild_events_total',
    help: 'Events worked into rows that are built beside the live ones',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly checkedRows = new Gauge({
    name: 'touchline_row_check_rows',
    help: 'Rows that the last regular check held against the log',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly differingRows = new Gauge({
    name: 'touchline_row_check_differing',
    help: 'Rows of them that are not as the log says',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly relayedEvents = new Counter({
    name: 'touchline_relay_events_total',
    help: 'Events of the log that the relay has passed, told or not',
    registers: [this.registry],
  });

  readonly relayedMessages = new Counter({
    name: 'touchline_relay_messages_total',
    help: 'Messages that became visible on a topic',
    labelNames: ['topic'] as const,
    registers: [this.registry],
  });

  readonly relayTransactions = new Histogram({
    name: 'touchline_relay_transaction_seconds',
    help: 'Time to send a batch and to commit it',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly relayState = new Gauge({
    name: 'touchline_relay_running',
    help: '1 while the relay runs here, 0 while it stands by, stands still or cannot reach a broker',
    registers: [this.registry],
  });

  readonly relayStates = new Gauge({
    name: 'touchline_relay_state',
    help: '1 for what the relay is doing in this process: running, standby while another process runs it, or stopped',
    labelNames: ['state'] as const,
    registers: [this.registry],
  });

  readonly relayLagEvents = new Gauge({
    name: 'touchline_relay_lag_events',
    help: 'Events of the log that the relay has not passed yet, counted up to 5000',
    registers: [this.registry],
  });

  readonly relayLagSeconds = new Gauge({
    name: 'touchline_relay_lag_seconds',
    help: 'Age of the oldest event that the relay has not passed yet',
    registers: [this.registry],
  });

  readonly logHeadAge = new Gauge({
    name: 'touchline_log_head_age_seconds',
    help: 'Age of the newest signed head of the log; 0 while the log has not gone on after it',
    registers: [this.registry],
  });

  readonly erasuresUnderWay = new Gauge({
    name: 'touchline_erasures_under_way',
    help: 'Erasures of people that have begun and are not complete',
    registers: [this.registry],
  });

  readonly timersOpen = new Gauge({
    name: 'touchline_timers_open',
    help: 'Timers that are open, by kind',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });

  readonly timersLate = new Gauge({
    name: 'touchline_timers_late',
    help: 'Timers that are due and not fired, counted up to 1000 of each of the 16 shards',
    registers: [this.registry],
  });

  readonly timersLateSeconds = new Gauge({
    name: 'touchline_timers_late_seconds',
    help: 'How long the oldest of them has been due',
    registers: [this.registry],
  });

  readonly timersStanding = new Gauge({
    name: 'touchline_timers_standing_shards',
    help: 'Shards of timers that stand at one which could not be fired',
    registers: [this.registry],
  });

  readonly timersFired = new Counter({
    name: 'touchline_timers_fired_total',
    help: 'Timers that this process fired, by what became of them: recorded, refused, or a fault, after which it is tried again',
    labelNames: ['kind', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly poolConnections = new Gauge({
    name: 'touchline_database_pool_connections',
    help: 'Connections of this process to the database, busy and idle',
    labelNames: ['state'] as const,
    registers: [this.registry],
  });

  readonly poolWaiting = new Gauge({
    name: 'touchline_database_pool_waiting',
    help: 'Work of this process that waits for a connection to the database',
    registers: [this.registry],
  });

  readonly standingRead = new Gauge({
    name: 'touchline_standing_read',
    help: '1 where lags and what is set aside could be read for this look, 0 where they are missing from it',
    registers: [this.registry],
  });

  readonly buildInfo = new Gauge({
    name: 'touchline_build_info',
    help: '1, labelled with the release and the version of Node',
    labelNames: ['version', 'node'] as const,
    registers: [this.registry],
  });

  readonly intakeMessages = new Counter({
    name: 'touchline_intake_messages_total',
    help: 'Messages taken in, by what became of them',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });

  readonly intakeSeconds = new Histogram({
    name: 'touchline_intake_message_seconds',
    help: 'Time to take a message in, or to refuse it',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly intakeLag = new Gauge({
    name: 'touchline_intake_lag',
    help: 'Messages of a partition that are not taken in yet',
    labelNames: ['partition'] as const,
    registers: [this.registry],
  });

  readonly intakeBlocked = new Gauge({
    name: 'touchline_intake_blocked_partitions',
    help: 'Partitions that stand until a fault on our side is over',
    registers: [this.registry],
  });

  private readonly looks: (() => Promise<void>)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    this.buildInfo.set({ version: release(), node: process.versions.node }, 1);
  }

  /** Has this be brought up to date before every look. */
  beforeEach(look: () => Promise<void>): void {
    this.looks.push(look);
  }

  /** As Prometheus reads them. What cannot be read at the moment is absent rather than old. */
  async text(): Promise<string> {
    const done = await Promise.allSettled(this.looks.map((look) => look()));
    const isRead = done.every(({ status }) => status === 'fulfilled');
    this.standingRead.set(isRead ? 1 : 0);
    if (!isRead) this.forget();
    return this.registry.metrics();
  }

  setProjection(projection: string, state: WorkerState): void {
    for (const each of STATES) this.projectionStates.set({ projection, state: each }, each === state ? 1 : 0);
    this.projectionState.set({ projection }, state === 'running' ? 1 : 0);
  }

  setRelay(state: Exclude<WorkerState, 'paused'> | null): void {
    for (const each of STATES) if (each !== 'paused') this.relayStates.set({ state: each }, each === state ? 1 : 0);
    this.relayState.set(state === 'running' ? 1 : 0);
  }

  private forget(): void {
    for (const gauge of [this.projectionLagEvents, this.projectionLagSeconds, this.setAsideStreams, this.timersOpen]) gauge.reset();
    for (const gauge of [this.timersLate, this.timersLateSeconds, this.timersStanding]) gauge.remove();
    for (const gauge of [this.relayLagEvents, this.relayLagSeconds, this.logHeadAge, this.erasuresUnderWay]) gauge.remove();
  }
}
