import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SealBroken } from './errors.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export const KEY_BYTES = 32;

/** Random bytes come many at a time: to ask for a few costs as much as the whole sealing. */
let random = Buffer.alloc(0);

function nextNonce(): Buffer {
  if (random.length < NONCE_BYTES) random = randomBytes(NONCE_BYTES * 256);
  const nonce = random.subarray(0, NONCE_BYTES);
  random = random.subarray(NONCE_BYTES);
  return nonce;
}

/** AES-256-GCM under a nonce that is random each time; `context` is authenticated and not stored. */
export function encrypt(key: Uint8Array, plain: Uint8Array, context: string): { nonce: Buffer; sealed: Buffer } {
  const nonce = nextNonce();
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  return { nonce, sealed: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
}

/** @throws SealBroken where key, context or a single bit differ from what was sealed */
export function decrypt(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) throw new SealBroken('the sealed bytes are cut short');
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealBroken('wrong key, or the sealed bytes were altered or moved');
  }
}

/** Nonce and ciphertext as one run of bytes, for a column. */
export const pack = ({ nonce, sealed }: { nonce: Buffer; sealed: Buffer }): Buffer => Buffer.concat([nonce, sealed]);

export const unpack = (key: Uint8Array, packed: Uint8Array, context: string): Buffer =>
  decrypt(key, packed.subarray(0, NONCE_BYTES), packed.subarray(NONCE_BYTES), context);
