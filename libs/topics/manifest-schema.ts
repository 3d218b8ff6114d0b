import type { MessageType } from './topic.js';
import type { Schema } from './schema.js';
import { count, instant, object, text } from './schema.js';

/** What stands on the topic of manifests (ADR 0018). Signed, so every field is needed and none may be added in passing. */
export const manifestMessage: MessageType & { schema: Schema } = {
  type: 'manifest',
  version: 1,
  summary: 'What a topic holds from one ordinal to another, signed',
  schema: object({
    format: text('always "touchline-manifest/1"'),
    keyId: text('which key signed it; the keys: GET /log/keys'),
    topic: text('full name of the topic it is about; also the key of the record'),
    logId: text(),
    from: count('ordinal of the first message it covers'),
    to: count('and of the last'),
    count: count('how many they are'),
    previousHash: text('the chain before the first; empty at the beginning, else the hash of the manifest before'),
    hash: text('the chain after the last: SHA-256 of the hash before and of the canonical JSON of {headers, key, value}, in hex'),
    position: text('place in the log up to which the topic tells everything'),
    signedAt: instant(),
    signature: text('Ed25519 over the canonical JSON (RFC 8785) of everything else, hex'),
  }),
};
