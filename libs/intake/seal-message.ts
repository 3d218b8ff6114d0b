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

/** What was left out of a message that is too large to be kept whole. */
export interface Cut {
  /** Bytes of its headers and value, as far as they were read. */
  sentBytes: number;
  keptBytes: number;
}

/** Owner of what names no group that is known; no group can have this name. */
const NOBODY = '-';

/** Sealed and in base64url it takes a third more; with what stands beside it that is below what the topic of rejects takes. */
const MOST_BYTES = 1_450_000;

/**
 * Seals a message that was not taken with the key of its group and day (ADR 0022). It may be about anybody, so no person's key will
 * do. `place` is authenticated: sealed bytes moved elsewhere do not open.
 */
export async function sealMessage(
  keys: PersonalKeys,
  message: SentMessage,
  { place, tenant = NOBODY, now }: { place: string; tenant?: string; now: string },
): Promise<{ sealed: SealedMessage; cut: Cut | null }> {
  const of = `intake:${now.slice(0, 10)}`;
  const key = await keys.keyFor({ tenant, subject: of });
  if (key === null) throw new PersonalKeyMissing(tenant, of);
  const { bytes, cut } = framed(message);
  return { sealed: { tenant, of, content: pack(encrypt(key, bytes, place)).toString('base64url') }, cut };
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

/** Length of the head, the head as JSON with headers in base64, the value as it is; headers go before the value where not all fit. */
function framed({ headers, value, headersLeftOut = 0 }: SentMessage): { bytes: Buffer; cut: Cut | null } {
  // Without a prototype: a header may have any name.
  const frame: Frame = { headers: Object.create(null) as Frame['headers'], value: value !== null };
  let [sentBytes, keptBytes, room] = [0, 0, MOST_BYTES];
  for (const [name, header] of Object.entries(headers)) {
    if (header === undefined || header === null) continue;
    const all = [header].flat().flatMap((each) => (each === null ? [] : [Buffer.from(each)]));
    const size = all.reduce((sum, each) => sum + each.length, Buffer.byteLength(name));
    const base64 = all.map((each) => each.toString('base64'));
    const asJson = Buffer.byteLength(JSON.stringify({ [name]: base64 }));
    sentBytes += size;
    if (asJson > room) continue;
    [keptBytes, room] = [keptBytes + size, room - asJson];
    frame.headers[name] = Array.isArray(header) ? base64 : base64[0]!;
  }
  const kept = (value ?? Buffer.alloc(0)).subarray(0, room);
  [sentBytes, keptBytes] = [sentBytes + (value?.length ?? 0), keptBytes + kept.length];
  const head = Buffer.from(JSON.stringify(frame));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const isCut = keptBytes < sentBytes || headersLeftOut > 0;
  return { bytes: Buffer.concat([length, head, kept]), cut: isCut ? { sentBytes, keptBytes } : null };
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
