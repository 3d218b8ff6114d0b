import type { Pool } from 'pg';
import { Semaphore } from '@touchline/core';
import { inTransaction } from '@touchline/postgres';
import { administersGroup } from '@touchline/touchpoints/user/user.decider.js';
import type { UserDirectory } from './directories.js';

/** Who administers the whole group, as far as is shown; each is looked at in the log again. */
export type ShownAdministrators = (tenant: string) => Promise<readonly string[]>;

/** Keeps a group from losing its last administrator. Each stands in a stream of their own, so taking the role away goes one by one. */
export class GroupAdministrators {
  private readonly semaphore = new Semaphore(1);

  constructor(
    private readonly pool: Pool,
    private readonly users: Pick<UserDirectory, 'userNow'>,
    private readonly shown: ShownAdministrators,
  ) {}

  /** Nobody else of any process does the like meanwhile. */
  alone<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    return this.semaphore.run(() =>
      inTransaction(this.pool, async (client) => {
        await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`touchline.administrators ${tenant}`]);
        return work();
      }),
    );
  }

  /** Whether nobody else administers the whole group. `caller`: may not be shown yet. */
  async isLast(tenant: string, userId: string, caller: string): Promise<boolean> {
    for (const each of new Set([caller, ...(await this.shown(tenant))])) {
      const user = each === userId ? null : await this.users.userNow(tenant, each);
      if (user?.active === true && administersGroup(user)) return false;
    }
    return true;
  }
}
