import type { Pool } from 'pg';
import { rowTypes } from '@touchline/subscriptions';

/** Gives the rows of one statement; instants come as ISO 8601 text, bigint as number. */
export type SqlQuery = <Row extends object>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/** On this client, or on any of a pool. */
export const queryOn =
  (client: Pick<Pool, 'query'>): SqlQuery =>
  async <Row extends object>(text: string, values: readonly unknown[]) =>
    (await client.query<Row>({ text, values: [...values], types: rowTypes })).rows;
