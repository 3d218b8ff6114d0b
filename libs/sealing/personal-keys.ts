import { randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { BatchLoader, inTransaction } from '@touchline/postgres';
import { KEY_BYTES } from './aead.js';
import { PersonalKeyMissing } from './errors.js';
import type { Ticks } from './key-cache.js';
import { KeyCache } from './key-cache.js';
import type { MasterKeys } from './master-keys.js';

/** Whose key: `customer:<id>`, `contact:<id>`. */
export interface KeyOwner {
  tenant: string;
  subject: string;
}

/** A person's key, or null where it was erased: the person's fields cannot be read again, nor sealed anew. */
export type PersonalKey = Buffer | null;

export interface RewrapOptions {
  batchSize?: number;
  /** Ends it between two batches. */
  signal?: AbortSignal;
  onBatch?: (wrapped: number) => void;
}

interface KeyRow extends KeyOwner {
  wrapped_key: Buffer | null;
  master_version: number | null;
}

/** A key as it is stored, and how to keep it in memory as of when it was read. */
interface FoundKey {
  row: KeyRow;
  remember: (id: string, key: Buffer | null) => void;
}

/** Commands of many callers want keys at once. */
const TOGETHER = { maxConcurrent: 2, maxBatchSize: 1_000 };

const ownerId = ({ tenant, subject }: KeyOwner): string => `${tenant}/${subject}`;

const READ = `
  select tenant, subject, wrapped_key, master_version from touchline.personal_keys
  where (tenant, subject) in (select * from unnest($1::text[], $2::text[]))`;

// The update that changes nothing makes the statement give back the row of whoever was first.
const CREATE = `
  insert into touchline.personal_keys (tenant, subject, wrapped_key, master_version)
  select * from unnest($1::text[], $2::text[], $3::bytea[], $4::integer[])
  on conflict (tenant, subject) do update set subject = excluded.subject
  returning tenant, subject, wrapped_key, master_version`;

/** Told with `tenant/subject` of every key that was erased, so that no process keeps it in memory. */
export const ERASED_KEYS_CHANNEL = 'touchline_erased_keys';

// Told in the same transaction: nobody hears of an erasure that did not happen.
const ERASE = `
  with erased as (
    insert into touchline.personal_keys (tenant, subject, erased_at) select $1, subject, now() from unnest($2::text[]) as subject
    on conflict (tenant, subject) do update
      set wrapped_key = null, master_version = null, erased_at = coalesce(personal_keys.erased_at, excluded.erased_at)
    returning tenant, subject)
  select pg_notify('${ERASED_KEYS_CHANNEL}', tenant || '/' || subject) from erased`;

const BY_VERSION = `
  select master_version as version, count(*)::integer as keys from touchline.personal_keys group by master_version order by master_version`;

const OUTDATED = `
  select tenant, subject, wrapped_key, master_version from touchline.personal_keys
  where wrapped_key is not null and master_version < $1
  order by tenant, subject limit $2 for update skip locked`;

const REWRAP = `
  update touchline.personal_keys as row set wrapped_key = fresh.wrapped_key, master_version = fresh.master_version
  from unnest($1::text[], $2::text[], $3::bytea[], $4::integer[]) as fresh (tenant, subject, wrapped_key, master_version)
  where row.tenant = fresh.tenant and row.subject = fresh.subject`;

/** The key of each person: kept wrapped by a master key, erased to erase the person (ADR 0008, domain §13.4). */
export class PersonalKeys {
  private readonly cache: KeyCache;
  private readonly reads = new BatchLoader((owners: readonly KeyOwner[]) => this.read(owners), TOGETHER);
  private readonly creations = new BatchLoader((owners: readonly KeyOwner[]) => this.create(owners), TOGETHER);

  constructor(
    private readonly pool: Pool,
    private readonly masters: MasterKeys,
    options: { ticks?: Ticks; cacheSize?: number } = {},
  ) {
    this.cache = new KeyCache(options.ticks ?? (() => performance.now()), options.cacheSize ?? 50_000);
  }

  /** The key to seal with; one that is missing is created and committed on return. */
  async keyFor(owner: KeyOwner): Promise<PersonalKey> {
    const held = this.cache.get(ownerId(owner));
    return held === undefined ? (await this.makeKeys([owner])).require(owner) : held;
  }

  /** The same of several, by subject. */
  async keysFor(tenant: string, subjects: readonly string[]): Promise<Map<string, PersonalKey>> {
    const owners = [...new Set(subjects)].map((subject) => ({ tenant, subject }));
    const keys = await this.makeKeys(owners);
    return new Map(owners.map((owner) => [owner.subject, keys.require(owner)]));
  }

  /** Keys to open with; undefined where there never was one. Creates none. */
  async openKeys(owners: readonly KeyOwner[]): Promise<OpenedKeys> {
    const keys = new OpenedKeys();
    const unknown: KeyOwner[] = [];
    for (const owner of owners) {
      const cached = this.cache.get(ownerId(owner));
      if (cached === undefined) unknown.push(owner);
      else keys.set(owner, cached);
    }
    await this.take(keys, unknown, this.reads);
    return keys;
  }

  /**
   * Destroys the keys, or keeps them from ever being made, all in one transaction together with what `also` does in it.
   * Holds at once here, elsewhere as soon as that is heard and in any case within the cache's age.
   */
  async erase(tenant: string, subjects: readonly string[], also?: (client: PoolClient) => Promise<void>): Promise<void> {
    // In one order everywhere, as they are created.
    const sorted = [...new Set(subjects)].sort();
    try {
      await inTransaction(this.pool, async (client) => {
        await also?.(client);
        await client.query(ERASE, [tenant, sorted]);
      });
    } finally {
      for (const subject of sorted) this.cache.drop(ownerId({ tenant, subject }));
    }
  }

  /** Takes up what is told of keys erased elsewhere; null where something may have been missed. */
  heard(erased: string | null): void {
    if (erased === null) this.cache.clear();
    else this.cache.drop(erased);
  }

  /** How many keys each master key wraps; version null are the erased ones. */
  async byMasterVersion(): Promise<{ version: number | null; keys: number }[]> {
    return (await this.pool.query<{ version: number | null; keys: number }>(BY_VERSION)).rows;
  }

  /**
   * Wraps every key that an older master key wraps with the newest one; the older may then leave the settings. Safe
   * beside running writers and beside another run; cut short, the next run goes on. Gives how many it wrapped.
   */
  async rewrap({ batchSize = 500, signal, onBatch }: RewrapOptions = {}): Promise<number> {
    let total = 0;
    while (!signal?.aborted) {
      const done = await this.rewrapBatch(batchSize);
      if (done === 0) break;
      total += done;
      onBatch?.(done);
    }
    return total;
  }

  private rewrapBatch(batchSize: number): Promise<number> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<KeyRow>(OUTDATED, [this.masters.newest, batchSize]);
      const fresh = rows.map((row) => {
        const key = this.unwrap(row);
        if (key === null) throw new Error('an erased key was selected to be wrapped');
        return { owner: row, ...this.masters.wrap(key, ownerId(row)) };
      });
      if (fresh.length > 0) await client.query(REWRAP, columns(fresh));
      return fresh.length;
    });
  }

  /** Asks for the keys of some owners; what does not unwrap fails who asked for it, and nobody who asked at the same time. */
  private async take(keys: OpenedKeys, owners: readonly KeyOwner[], from: BatchLoader<KeyOwner, FoundKey | undefined>): Promise<void> {
    if (owners.length === 0) return;
    const found = await Promise.all(owners.map((owner) => from.load(owner)));
    for (const each of found) {
      if (each === undefined) continue;
      const key = this.unwrap(each.row);
      keys.set(each.row, key);
      each.remember(ownerId(each.row), key);
    }
  }

  private async makeKeys(owners: readonly KeyOwner[]): Promise<OpenedKeys> {
    const keys = await this.openKeys(owners);
    const missing = owners.filter((owner) => keys.get(owner) === undefined);
    await this.take(keys, missing, this.creations);
    return keys;
  }

  private async read(owners: readonly KeyOwner[]): Promise<(FoundKey | undefined)[]> {
    const remember = this.cache.reading();
    const asked = [owners.map(({ tenant }) => tenant), owners.map(({ subject }) => subject)];
    const { rows } = await this.pool.query<KeyRow>({ name: 'personal_keys_read', text: READ, values: asked });
    return ofEach(owners, rows, remember);
  }

  private async create(owners: readonly KeyOwner[]): Promise<(FoundKey | undefined)[]> {
    const remember = this.cache.reading();
    // In one order everywhere: two writers with the same persons wait for each other and never in a circle.
    const once = new Map([...owners].sort((a, b) => (ownerId(a) < ownerId(b) ? -1 : 1)).map((owner) => [ownerId(owner), owner]));
    const fresh = [...once].map(([id, owner]) => ({ owner, ...this.masters.wrap(randomBytes(KEY_BYTES), id) }));
    const { rows } = await this.pool.query<KeyRow>({ name: 'personal_keys_create', text: CREATE, values: columns(fresh) });
    return ofEach(owners, rows, remember);
  }

  private unwrap(row: KeyRow): PersonalKey {
    if (row.wrapped_key === null || row.master_version === null) return null;
    return this.masters.unwrap({ wrapped: row.wrapped_key, version: row.master_version }, ownerId(row));
  }
}

/** Keys by owner. */
export class OpenedKeys {
  private readonly keys = new Map<string, PersonalKey>();

  set(owner: KeyOwner, key: PersonalKey): void {
    this.keys.set(ownerId(owner), key);
  }

  get(owner: KeyOwner): PersonalKey | undefined {
    return this.keys.get(ownerId(owner));
  }

  /** @throws PersonalKeyMissing where there never was one; that must not look like an erased one */
  require(owner: KeyOwner): PersonalKey {
    const key = this.get(owner);
    if (key === undefined) throw new PersonalKeyMissing(owner.tenant, owner.subject);
    return key;
  }
}

const columns = (rows: readonly { owner: KeyOwner; wrapped: Buffer; version: number }[]): unknown[][] => [
  rows.map(({ owner }) => owner.tenant),
  rows.map(({ owner }) => owner.subject),
  rows.map(({ wrapped }) => wrapped),
  rows.map(({ version }) => version),
];

function ofEach(owners: readonly KeyOwner[], rows: readonly KeyRow[], remember: FoundKey['remember']): (FoundKey | undefined)[] {
  const byOwner = new Map(rows.map((row) => [ownerId(row), row]));
  return owners.map((owner) => {
    const row = byOwner.get(ownerId(owner));
    return row && { row, remember };
  });
}
