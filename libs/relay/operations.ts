import { parseStreamName } from '@touchline/core';
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
  /** Of an event of another group nothing is told but that it failed (D4). */
  detail: string | null;
  trouble: string | null;
  position: string | null;
  head: string | null;
  lag: Lag;
  holder: string | null;
  movedAt: string | null;
}

export class RelayOperations {
  constructor(private readonly deps: { status: RelayStatus; store: EventStore; prefix: string; isSet: boolean }) {}

  async stands(tenant: string): Promise<RelayShown> {
    const { status, store, prefix, isSet } = this.deps;
    const stands = await status.get();
    const stream = stands?.stream ?? null;
    const isOthers = stream !== null && parseStreamName(stream)?.tenant !== tenant;
    return {
      state: isSet ? (stands?.state ?? 'idle') : 'resting',
      prefix,
      code: stands?.code ?? null,
      detail: isOthers ? null : (stands?.detail ?? null),
      trouble: stands?.trouble ?? null,
      position: stands?.position ?? null,
      head: await store.head(),
      lag: await lagOf(store, stands?.position ?? null),
      holder: stands?.holder ?? null,
      movedAt: stands?.updatedAt ?? null,
    };
  }

  /** @throws Problem 409 `relay.not-stopped` */
  async retry(tenant: string): Promise<RelayShown> {
    const retried = await this.deps.status.retry();
    const stands = await this.stands(tenant);
    if (!retried) throw new Problem(409, 'relay.not-stopped', `the relay is ${stands.state}`, { extensions: { state: stands.state } });
    return stands;
  }
}
