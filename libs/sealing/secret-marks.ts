import type { Pool } from 'pg';
import { digest } from './digest.js';
import { SealBroken, WrongSecret } from './errors.js';
import type { MasterKeyVersion } from './master-keys.js';
import { MasterKeys } from './master-keys.js';

/** A secret this database was first opened with is marked in it, in a form that gives nothing of the secret away. */
const MARK = `
  insert into touchline.secret_marks as known (name, mark) values ($1, $2)
  on conflict (name) do update set name = excluded.name
  returning mark`;

const MISSING = `
  select distinct master_version from touchline.personal_keys
  where wrapped_key is not null and master_version <> all($1::integer[]) order by master_version`;

/**
 * Holds the secrets of the settings against those that this database was written with. Another secret would not fail at
 * once but lose people: their numbers would no longer be found, and their fields no longer open.
 * @throws WrongSecret
 */
export async function assertSecrets(
  pool: Pick<Pool, 'query'>,
  secrets: { masterKeys: readonly MasterKeyVersion[]; identityHmacSecret: string },
): Promise<void> {
  const { rows: missing } = await pool.query<{ master_version: number }>(MISSING, [secrets.masterKeys.map(({ version }) => version)]);
  const [first] = missing;
  if (first !== undefined)
    throw new WrongSecret('MASTER_KEYS', `lacks version ${first.master_version}, which people's keys are wrapped with`);
  await assertMarked(pool, 'IDENTITY_HMAC_SECRET', 'identity', secrets.identityHmacSecret);
  for (const { version, key } of secrets.masterKeys)
    await assertMarked(pool, 'MASTER_KEYS', `master-${version}`, Buffer.from(key).toString('hex'));
}

async function assertMarked(pool: Pick<Pool, 'query'>, setting: string, name: string, secret: string): Promise<void> {
  const mark = digest(secret, 'secret-mark', name);
  const { rows } = await pool.query<{ mark: string }>(MARK, [name, mark]);
  if (rows[0]?.mark !== mark) throw new WrongSecret(setting, `is not the one that this database was written with (${name})`);
}

const ONE_EACH = `
  select distinct on (master_version) tenant, subject, wrapped_key, master_version from touchline.personal_keys
  where wrapped_key is not null order by master_version, tenant, subject`;

/**
 * Opens one person's key of each master key: what stands in the tables is what these secrets can read. For tables that come
 * from elsewhere, after `assertSecrets`. @throws WrongSecret
 */
export async function assertOpens(pool: Pick<Pool, 'query'>, masterKeys: readonly MasterKeyVersion[]): Promise<void> {
  const masters = new MasterKeys(masterKeys);
  const { rows } = await pool.query<{ tenant: string; subject: string; wrapped_key: Buffer; master_version: number }>(ONE_EACH);
  for (const { tenant, subject, wrapped_key: wrapped, master_version: version } of rows)
    try {
      masters.unwrap({ wrapped, version }, `${tenant}/${subject}`);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw new WrongSecret('MASTER_KEYS', `does not open the keys that version ${version} is said to wrap`);
    }
}
