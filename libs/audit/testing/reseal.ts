import { createHash } from 'node:crypto';
import { canonical } from '../evidence/verify-evidence.js';
import type { SigningKeys } from '../heads/head.js';

/** A line of an evidence file. */
export type Line = { kind?: string } & Record<string, unknown>;

/** The file with its lines changed, its summary as it is, and a seal that fits. */
export function reseal(file: Buffer, keys: SigningKeys, change: (lines: Line[]) => Line[]): Buffer {
  const lines = file
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const text = change(lines.slice(0, -1))
    .map((line) => `${canonical(line)}\n`)
    .join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return Buffer.from(`${text}${canonical({ kind: 'seal', sha256, signature: keys.signSeal(sha256, keys.current.keyId) })}\n`);
}
