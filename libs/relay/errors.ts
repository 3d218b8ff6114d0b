/** Why the relay stands still until an operator acts. */
export type StopCode =
  'checkpoint.log-mismatch' | 'event.failed' | 'relay.position-missing' | 'relay.sequences-missing' | 'relay.topic-drift';

/** Going on would put something wrong on a topic, for ever. */
export class RelayStopped extends Error {
  override readonly name = 'RelayStopped';
  constructor(
    readonly code: StopCode,
    detail: string,
    /** The stream of the event it is about. */
    readonly stream: string | null = null,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** Another holds the lease by now: what was worked out is thrown away. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
