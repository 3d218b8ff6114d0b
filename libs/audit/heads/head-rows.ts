import type { Pool } from 'pg';
import type { SignedHead } from './head.js';

interface HeadRow {
  log_id: string;
  tree_size: string;
  position: string;
  root: string;
  signed_at: string;
  key_id: string;
  signature: string;
}

const COLUMNS = 'log_id, tree_size, position, root, signed_at, key_id, signature';

/** The heads of one log, as they are kept in Postgres. */
export class HeadRows {
  constructor(
    private readonly client: Pick<Pool, 'query'>,
    private readonly logId: string,
  ) {}

  async newest(): Promise<SignedHead | null> {
    return (await this.page(1, null))[0] ?? null;
  }

  /** The newest first, from below one on. */
  async page(limit: number, below: number | null): Promise<SignedHead[]> {
    const { rows } = await this.client.query<HeadRow>(
      `select ${COLUMNS} from touchline.log_heads
       where log_id = $1 and ($3::bigint is null or tree_size < $3) order by tree_size desc limit $2`,
      [this.logId, limit, below],
    );
    return rows.map(toHead);
  }

  /** Of every log, those that cover so many events or more, the smallest first. */
  async from(treeSize: number): Promise<SignedHead[]> {
    const { rows } = await this.client.query<HeadRow>(
      `select ${COLUMNS} from touchline.log_heads where tree_size >= $1 order by tree_size`,
      [treeSize],
    );
    return rows.map(toHead);
  }

  /** In place of one of the same size that is not signed with our keys. */
  async add(head: SignedHead): Promise<void> {
    await this.client.query(
      `insert into touchline.log_heads (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (log_id, tree_size) do update
         set position = excluded.position, root = excluded.root, signed_at = excluded.signed_at, key_id = excluded.key_id,
             signature = excluded.signature`,
      [this.logId, head.treeSize, head.position, head.root, head.signedAt, head.keyId, head.signature],
    );
  }
}

const toHead = (row: HeadRow): SignedHead => ({
  format: 'touchline-log-head/1',
  keyId: row.key_id,
  logId: row.log_id,
  position: row.position,
  root: row.root,
  signedAt: row.signed_at,
  signature: row.signature,
  treeSize: Number(row.tree_size),
});
