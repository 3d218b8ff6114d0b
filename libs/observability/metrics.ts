import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

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

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
