import { PersonalKeyMissing, SealBroken } from '@touchline/sealing';
import type { PersonalKeys } from '@touchline/sealing';
import { encrypt, pack, unpack } from '@touchline/sealing/aead.js';
import type { MessageHeaders, SentMessage } from './message.js';

/** A message as sent, sealed: whose key opens it, and the bytes in base64url. */
export interface SealedMessage {
  tenant: string;
  of: string;
  content: string;
}

/** Owner of what names no group that is known; no group can have this name. */
const NOBODY = '-';

/**
 * Seals a message that was not taken with the key of its group and day (D12). It may be about anybody, so no person's key will
 * do. `place` is authenticated: sealed bytes moved elsewhere do not open.
 */
export async function sealMessage(
  keys: PersonalKeys,
  message: SentMessage,
  { place, tenant = NOBODY, now }: { place: string; tenant?: string; now: string },
): Promise<SealedMessage> {
  const of = `intake:${now.slice(0, 10)}`;
  const key = (await keys.keysFor(tenant, [of])).get(of);
  if (!key) throw new PersonalKeyMissing(tenant, of);
  return { tenant, of, content: pack(encrypt(key, framed(message), place)).toString('base64url') };
}

/** @throws SealBroken, PersonalKeyMissing where it cannot be opened, or not any more */
export async function openMessage(keys: PersonalKeys, { tenant, of, content }: SealedMessage, place: string): Promise<SentMessage> {
  const key = (await keys.openKeys([{ tenant, subject: of }])).require({ tenant, subject: of });
  if (key === null) throw new SealBroken('the key was destroyed');
  return unframed(unpack(key, Buffer.from(content, 'base64url'), place));
}

interface Frame {
  headers: Record<string, string | string[]>;
  /** Whether there was a value at all. */
  value: boolean;
}

/** Length of the head, the head as JSON with headers in base64, the value as it is. */
function framed({ headers, value }: SentMessage): Buffer {
  const frame: Frame = { headers: {}, value: value !== null };
  const base64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64');
  for (const [name, header] of Object.entries(headers))
    if (header !== undefined) frame.headers[name] = Array.isArray(header) ? header.map(base64) : base64(header);
  const head = Buffer.from(JSON.stringify(frame));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, value ?? Buffer.alloc(0)]);
}

function unframed(bytes: Buffer): SentMessage {
  const end = 4 + bytes.readUInt32BE(0);
  const frame = JSON.parse(bytes.subarray(4, end).toString()) as Frame;
  const plain = (text: string): Buffer => Buffer.from(text, 'base64');
  const headers: MessageHeaders = Object.fromEntries(
    Object.entries(frame.headers).map(([name, header]) => [name, Array.isArray(header) ? header.map(plain) : plain(header)]),
  );
  return { headers, value: frame.value ? bytes.subarray(end) : null };
}
