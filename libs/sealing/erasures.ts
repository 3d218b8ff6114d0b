import type { Pool } from 'pg';
import type { JsonObject } from '@touchline/core';
import type { PersonalKeys } from './personal-keys.js';

/** An erasure from the moment the keys are destroyed; what it leaves to do is done by whoever finds it. */
export interface Erasure<Request extends JsonObject = JsonObject> {
  tenant: string;
  customerId: string;
  /** Who asked and why, as the log is to tell it; nothing personal. */
  request: Request;
  completed: boolean;
}

// Of two who begin at once the first is the one whose request is told.
const BEGIN = `
  insert into touchline.erasures (tenant, customer_id, request) values ($1, $2, $3)
  on conflict (tenant, customer_id) do update set completed_at = null`;

const READ = `
  select tenant, customer_id as "customerId", request, completed_at is not null as completed from touchline.erasures`;

/** Erasures whose keys are destroyed, noted with the keys, so that a log that lacks one can be told of it in the words it began with. */
export class Erasures<Request extends JsonObject = JsonObject> {
  constructor(
    private readonly pool: Pool,
    private readonly keys: PersonalKeys,
  ) {}

  /**
   * Destroys the keys of these subjects and says so, in one transaction: before it nothing has happened, after it nothing
   * can be read any more.
   */
  begin(tenant: string, customerId: string, subjects: readonly string[], request: Request): Promise<void> {
    return this.keys.erase(tenant, subjects, async (client) => {
      await client.query(BEGIN, [tenant, customerId, JSON.stringify(request)]);
    });
  }

  /** Null where none was ever begun. */
  async of(tenant: string, customerId: string): Promise<Erasure<Request> | null> {
    const { rows } = await this.pool.query<Erasure<Request>>(`${READ} where tenant = $1 and customer_id = $2`, [tenant, customerId]);
    return rows[0] ?? null;
  }

  /** Those of every group that something is left to do for, the oldest first. */
  async underWay(): Promise<Erasure<Request>[]> {
    return (await this.pool.query<Erasure<Request>>(`${READ} where completed_at is null order by begun_at, customer_id`)).rows;
  }

  async complete({ tenant, customerId }: Pick<Erasure<Request>, 'tenant' | 'customerId'>): Promise<void> {
    await this.pool.query(
      'update touchline.erasures set completed_at = now() where tenant = $1 and customer_id = $2 and completed_at is null',
      [tenant, customerId],
    );
  }
}
