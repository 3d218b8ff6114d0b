import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Event } from '@touchline/core';
import type { EventStore } from '../port.js';

export class PostgresEventStore implements EventStore {
  constructor(private readonly pool: Pool) {}

  async append(event: Event): Promise<void> {
    await setTimeout(1);
    await this.pool.query('insert into event values ($1)', [event.type]);
  }
}
