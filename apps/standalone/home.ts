import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Secrets the standalone platform makes for itself on its first start, as the settings name them. */
export interface HomeSecrets {
  MASTER_KEYS: string;
  IDENTITY_HMAC_SECRET: string;
  LOG_SIGNING_KEYS: string;
  TOKEN_SIGNING_KEY: string;
  /** Password of every demonstration user. */
  DEMO_PASSWORD: string;
}

const secret = (bytes: number): string => randomBytes(bytes).toString('base64');

/** The secrets in `home`, made there on the first start; readable by its owner alone. Losing them loses the personal data. */
export async function homeSecrets(home: string): Promise<HomeSecrets> {
  // Others may pass, to data that is theirs: the server of a platform that root starts runs as another user.
  await mkdir(home, { recursive: true, mode: 0o711 });
  const path = join(home, 'secrets.json');
  const known = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  const made: HomeSecrets = {
    MASTER_KEYS: `1:${secret(32)}`,
    IDENTITY_HMAC_SECRET: secret(48),
    LOG_SIGNING_KEYS: `1:${secret(32)}`,
    TOKEN_SIGNING_KEY: secret(48),
    DEMO_PASSWORD: randomBytes(9).toString('base64url'),
  };
  const there = known === null ? {} : (JSON.parse(known) as Partial<HomeSecrets>);
  // An earlier release made fewer.
  const whole: HomeSecrets = { ...made, ...there };
  if (Object.keys(made).every((name) => name in there)) return whole;
  // Written whole under another name first: a crash must not leave half a file, whose keys would be lost.
  await writeFile(`${path}.new`, JSON.stringify(whole, null, 2), { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
  return whole;
}
