import type { Pool, PoolClient, QueryConfig } from 'pg';

/**
 * A pool of a process that dies within one of its transactions, of which the move of a checkpoint may be one by itself: at moment 0 before the first statement, at 1 after it,
 * at 2 before the second, and so on. What it sent is done or undone by the server; it never learns which, and nothing
 * it says afterwards arrives.
 */
export class DyingPool {
  /** First words of the statements of that transaction, as far as it came. */
  readonly statements: string[] = [];
  readonly pool: Pool;
  happened = false;
  private transactions = 0;

  constructor(
    living: Pool,
    /** Which of its transactions, from 0. */
    private readonly transaction: number,
    private readonly moment: number,
  ) {
    const connect = async (): Promise<PoolClient> => {
      const client = await living.connect();
      return this.transactions++ === this.transaction ? this.mortal(client) : client;
    };
    const query = async (statement: string | QueryConfig, values?: unknown[]): Promise<unknown> => {
      const run = (): Promise<unknown> => living.query(statement, values);
      const isDying = /^with moved /.test(textOf(statement)) && this.transactions++ === this.transaction;
      return isDying ? this.around(statement, run) : run();
    };
    this.pool = Object.assign(Object.create(living) as Pool, { connect, query });
  }

  private mortal(client: PoolClient): PoolClient {
    const query = (statement: string | QueryConfig, values?: unknown[]): Promise<unknown> =>
      this.around(statement, () => client.query(statement, values));
    return Object.assign(Object.create(client) as PoolClient, { query, release: () => client.release(this.happened) });
  }

  private async around(statement: string | QueryConfig, run: () => Promise<unknown>): Promise<unknown> {
    this.live(textOf(statement));
    const before = 2 * this.statements.length - 2;
    if (this.moment === before) this.die();
    const result = await run();
    if (this.moment === before + 1) this.die();
    return result;
  }

  private live(sql: string): void {
    if (this.happened) throw gone();
    this.statements.push(sql.trim().split(/[\s;]/)[0] ?? '');
  }

  private die(): never {
    this.happened = true;
    throw gone();
  }
}

const textOf = (statement: string | QueryConfig): string => (typeof statement === 'string' ? statement : statement.text);

/** What the death of a process looks like to the code that runs in it: everything fails. */
const gone = (): Error => Object.assign(new Error('the process dies here'), { code: '57P01' });
