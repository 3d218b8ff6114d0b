import type { Operations, Operator } from '@touchline/auth';
import type { EventStore } from '@touchline/event-store';
import { Problem } from '@touchline/http';
import type { Lag } from '@touchline/subscriptions';
import { lagOf } from '@touchline/subscriptions';
import type { StopCode } from './errors.js';
import type { RelayStatus } from './status.js';

/** How the relay stands, for whoever runs the platform. */
export interface RelayShown {
  /** resting: no Kafka is set · idle: no relay has taken it up yet. */
  state: 'resting' | 'idle' | 'running' | 'stopped';
  prefix: string;
  code: StopCode | null;
  detail: string | null;
  trouble: string | null;
  position: string | null;
  head: string | null;
  lag: Lag;
  holder: string | null;
  movedAt: string | null;
}

export class RelayOperations {
  constructor(private readonly deps: { status: RelayStatus; store: EventStore; prefix: string; isSet: boolean; operations: Operations }) {}

  async stands(): Promise<RelayShown> {
    const { status, store, prefix, isSet } = this.deps;
    const stands = await status.get();
    return {
      state: isSet ? (stands?.state ?? 'idle') : 'resting',
      prefix,
      code: stands?.code ?? null,
      detail: stands?.detail ?? null,
      trouble: stands?.trouble ?? null,
      position: stands?.position ?? null,
      head: await store.head(),
      lag: await lagOf(store, stands?.position ?? null),
      holder: stands?.holder ?? null,
      movedAt: stands?.updatedAt ?? null,
    };
  }

  /** @throws Problem 409 `relay.not-stopped` */
  async retry(operator: Operator): Promise<RelayShown> {
    const { status, operations } = this.deps;
    // What is refused is not ordered.
    const isStopped = (await status.get())?.state === 'stopped';
    if (isStopped) await operations.order(operator, { operation: 'relay.retry', subject: 'relay' });
    const retried = isStopped && (await status.retry());
    const stands = await this.stands();
    if (!retried) throw new Problem(409, 'relay.not-stopped', `the relay is ${stands.state}`, { extensions: { state: stands.state } });
    return stands;
  }
}
