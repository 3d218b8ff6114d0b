import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** Why there is no authority to be made on this machine; null where there is. */
export const missingForAuthority = existsSync('/usr/bin/openssl') ? null : 'there is no openssl';

const SCRIPT = resolve(import.meta.dirname, '../../infra/eventstore/make-authority.sh');

/** A small authority and a certificate for this machine, as Compose makes them; paths. Safe to repeat. */
export async function makeAuthority(folder: string): Promise<{ cert: string; key: string; ca: string }> {
  const places = ['authority', 'node', 'trust'].map((name) => join(folder, name));
  for (const place of places) await mkdir(place, { recursive: true });
  await promisify(execFile)('/bin/sh', [SCRIPT, ...places]);
  return { cert: join(folder, 'node/node.crt'), key: join(folder, 'node/node.key'), ca: join(folder, 'trust/ca.crt') };
}
