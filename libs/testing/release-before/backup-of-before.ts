import { join } from 'node:path';

/** A backup of the log that the release before wrote, and the rows that it showed of it. */
export const FOLDER = join(import.meta.dirname, 'written');
export const BACKUP = join(FOLDER, 'backup');
/** By read model, gzipped JSON. */
export const ROWS = join(FOLDER, 'rows.json.gz');

const key = (letter: string): string => Buffer.from(letter.repeat(32)).toString('base64');

/** What the log was written with. It holds nobody who lives. */
export const SECRETS = {
  MASTER_KEYS: `1:${key('m')}`,
  LOG_SIGNING_KEYS: `1:${key('l')}`,
  IDENTITY_HMAC_SECRET: key('i'),
  TOKEN_SIGNING_KEY: key('t'),
};
