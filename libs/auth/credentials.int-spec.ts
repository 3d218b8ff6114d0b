import { beforeAll, describe, expect, it } from '@jest/globals';
import { runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { LocalCredentials, credentialMigrations } from './credentials.js';
import { hashPassword, verifyPassword } from './passwords.js';
import { userIdOf } from '@touchline/commands/user-id.js';

const db = useDatabase();
const li = userIdOf('dongfang', 'li');

describe('a password', () => {
  it('is kept with its parameters and its own salt', async () => {
    const secret = await hashPassword('correct horse');
    expect(secret).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(await hashPassword('correct horse')).not.toBe(secret);
    expect(await verifyPassword('correct horse', secret)).toBe(true);
    expect(await verifyPassword('correct horsf', secret)).toBe(false);
  });

  it('kept under other parameters still verifies', async () => {
    // RFC 7914, section 12.
    const key = Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162', 'hex').toString('base64url');
    expect(await verifyPassword('password', `scrypt$1024$8$16$${Buffer.from('NaCl').toString('base64url')}$${key}`)).toBe(true);
  });

  it('is the same however its characters are composed', async () => {
    expect(await verifyPassword('Zürich 2026', await hashPassword('Zu\u0308rich 2026'))).toBe(true);
  });

  it('kept in a way nobody knows is a fault, not a wrong password', async () => {
    await expect(verifyPassword('x', 'md5$abc')).rejects.toThrow('not of a known kind');
  });
});

describe('local credentials', () => {
  let credentials: LocalCredentials;
  beforeAll(async () => {
    await runSqlMigrations(db.pool, credentialMigrations);
    credentials = new LocalCredentials(db.pool);
  });

  it('fit after they were set, for that user of that group only', async () => {
    await credentials.setPassword('dongfang', li, 'first password');
    expect(await credentials.verify('dongfang', li, 'first password')).toBe(true);
    expect(await credentials.verify('huadong', li, 'first password')).toBe(false);
    expect(await credentials.verify('dongfang', userIdOf('dongfang', 'chen'), 'first password')).toBe(false);
  });

  it('are replaced, and the old no longer fit', async () => {
    await credentials.setPassword('dongfang', li, 'second password');
    expect(await credentials.verify('dongfang', li, 'first password')).toBe(false);
    expect(await credentials.verify('dongfang', li, 'second password')).toBe(true);
  });

  it('never fit for somebody who has none, not even with the password that stands in', async () => {
    expect(await credentials.verify('dongfang', userIdOf('dongfang', 'nobody'), 'nobody has this password')).toBe(false);
  });

  it('keep no password in clear', async () => {
    const { rows } = await db.pool.query('select * from touchline.local_credentials');
    expect(JSON.stringify(rows)).not.toContain('password');
  });
});
