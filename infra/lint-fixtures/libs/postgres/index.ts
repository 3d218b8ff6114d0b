import type { Pool } from 'pg';

export const countRows = async (pool: Pool, table: string): Promise<number | null> => (await pool.query(`select from ${table}`)).rowCount;
