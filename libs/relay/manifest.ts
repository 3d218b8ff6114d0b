import { hash as digest } from 'node:crypto';
import { canonicalJson } from '@touchline/event-store';
import type { OutgoingRecord } from '@touchline/kafka';
import { CE_TYPE_PREFIX, schemaUri } from '@touchline/topics/contract.js';
import { manifestMessage } from '@touchline/topics/manifest-schema.js';

/** The running hash over the messages of an append-only topic (ADR 0018), and what of it is not signed yet. */
export interface Chain {
  /** Ordinal of the last message on the topic, counted from 1 over all its partitions. */
  ordinal: number;
  hash: string;
  /** Up to where it was signed. */
  signed: number;
  signedHash: string;
  /** When the first message since was sent; null where there is none. */
  openSince: string | null;
}

export const noChain: Chain = { ordinal: 0, hash: '', signed: 0, signedHash: '', openSince: null };

/** What a manifest is signed over: its canonical JSON, the signature left out. */
export interface UnsignedManifest {
  format: 'touchline-manifest/1';
  keyId: string;
  /** Full name of the topic. */
  topic: string;
  logId: string;
  /** Ordinals of the first and the last message it covers, and how many they are. */
  from: number;
  to: number;
  count: number;
  /** The chain before the first and after the last of them. */
  previousHash: string;
  hash: string;
  /** Position in the log up to which the topic tells everything. */
  position: string;
  signedAt: string;
}

export interface Manifest extends UnsignedManifest {
  /** Ed25519, hex. */
  signature: string;
}

export interface ManifestSigner {
  keyId: string;
  /** Ed25519 signature of a text, hex. */
  sign(text: string): string;
}

/** hash = SHA-256(hash before ‖ RFC 8785 of {headers, key, value}) in hex; all of them text, a missing value null. */
export const chained = (before: string, { headers, key, value }: Pick<OutgoingRecord, 'headers' | 'key' | 'value'>): string =>
  chainedText(before, canonicalJson({ headers, key, value }));

/** The same, where the record is that text already. */
export const chainedText = (before: string, text: string): string => digest('sha256', before + text, 'hex');

/** Signs what the chain has gained since it was last signed. */
export function manifestOf(
  chain: Chain,
  about: { topic: string; logId: string; position: string; now: string },
  signer: ManifestSigner,
): Manifest {
  const unsigned: UnsignedManifest = {
    format: 'touchline-manifest/1',
    keyId: signer.keyId,
    ...{ topic: about.topic, logId: about.logId, position: about.position, signedAt: about.now },
    ...{ from: chain.signed + 1, to: chain.ordinal, count: chain.ordinal - chain.signed },
    ...{ previousHash: chain.signedHash, hash: chain.hash },
  };
  return { ...unsigned, signature: signer.sign(canonicalJson(unsigned)) };
}

/** The manifest as a CloudEvent, under the name of the topic it is about. */
export const manifestRecord = (topic: string, manifest: Manifest): OutgoingRecord => ({
  ...{ topic, partition: 0, key: manifest.topic, value: JSON.stringify(manifest) },
  headers: {
    ce_dataschema: schemaUri(manifestMessage),
    ce_id: `${manifest.topic}/${manifest.to}`,
    ce_schemaversion: String(manifestMessage.version),
    ce_source: '/relay',
    ce_specversion: '1.0',
    ce_subject: manifest.topic,
    ce_time: manifest.signedAt,
    ce_type: CE_TYPE_PREFIX + manifestMessage.type,
    'content-type': 'application/json',
  },
});

export const withSignature = (chain: Chain): Chain => ({ ...chain, signed: chain.ordinal, signedHash: chain.hash, openSince: null });
