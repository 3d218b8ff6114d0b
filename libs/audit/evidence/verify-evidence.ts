import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

// The offline verifier (ADR 0014). It needs Node and the evidence file, and nothing else: this file imports nothing of the
// project and no package, so that whoever doubts the platform can read it, copy it and run it by itself.

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A log's state, signed: the root over the hashes of all its events in order (RFC 6962). */
export interface SignedHead {
  format: 'touchline-log-head/1';
  keyId: string;
  logId: string;
  /** Position of the last event it covers. */
  position: string;
  /** Root of the tree, hex. */
  root: string;
  signedAt: string;
  /** Ed25519 over the canonical JSON of everything else here, hex. */
  signature: string;
  /** Number of events it covers. */
  treeSize: number;
}

/** A stream in the file, and the proof that its last event is in the tree. */
export interface ProvenStream {
  events: number;
  /** Hash of its last event. */
  hash: string;
  /** Place of its last event in the log, from 0. */
  index: number;
  proof: string[];
  stream: string;
}

export interface EvidenceHeader {
  customer: string;
  exportedAt: string;
  exportedBy: string;
  format: 'touchline-evidence/1';
  head: SignedHead;
  kind: 'header';
  /** Ed25519, 32 bytes in hex. */
  publicKey: string;
  /** Sites whose streams are in it; all, or those of whoever made it. */
  sites: 'all' | string[];
  streams: ProvenStream[];
  tenant: string;
}

export interface EvidenceEvent {
  data: Json;
  id: string;
  kind: 'event';
  metadata: { actor: { id: string; kind: string }; hash: string; occurredAt: string; previousHash: string; recordedAt: string };
  /** Personal fields in clear, for whoever was allowed; no proof needs them. */
  opened?: Json;
  position: string;
  revision: number;
  stream: string;
  type: string;
}

/** The evidence does not hold, and why. */
export class EvidenceFault extends Error {
  override readonly name = 'EvidenceFault';
}

const sha256 = (...parts: (string | Uint8Array)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** RFC 8785: members in the order of their UTF-16 code units, numbers and texts as JSON.stringify writes them. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

/** The key's name: the first 16 digits of its SHA-256. */
export const keyIdOf = (publicKey: string): string => sha256(Buffer.from(publicKey, 'hex')).toString('hex').slice(0, 16);

const HEX_64 = /^[0-9a-f]{64}$/;

function signed(text: string, signature: unknown, publicKey: string): boolean {
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature) || !HEX_64.test(publicKey)) return false;
  const x = Buffer.from(publicKey, 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'hex'));
}

/** What the signature of a head is made over. */
export const headText = ({ signature: _, ...head }: Omit<SignedHead, 'signature'> & { signature?: string }): string => canonical(head);

export const headIsSigned = (head: SignedHead, publicKey: string): boolean =>
  head.keyId === keyIdOf(publicKey) && signed(headText(head), head.signature, publicKey);

/** What the last line of an evidence file is signed over: the digest of all lines before it. */
export const sealText = (digest: string): string => `touchline-evidence/1 ${digest}`;

/** hash = SHA-256(previous hash ‖ RFC 8785 of {data, id, metadata without hashes, revision, stream, type}). */
export function eventHash({ data, id, metadata, revision, stream, type }: EvidenceEvent): string {
  const { hash: _, previousHash, ...rest } = metadata;
  return sha256(previousHash, canonical({ data, id, metadata: rest, revision, stream, type })).toString('hex');
}

/** The root that this proof leads to (RFC 9162 §2.1.3.2); null where it has too few or too many hashes. */
export function rootFromProof(leaf: { index: number; size: number; hash: string }, proof: readonly string[]): string | null {
  let [place, last] = [leaf.index, leaf.size - 1];
  if (!Number.isSafeInteger(place) || !Number.isSafeInteger(last) || place < 0 || place > last) return null;
  let root = sha256(Uint8Array.of(0), Buffer.from(leaf.hash, 'hex'));
  for (const each of proof) {
    if (last === 0 || !HEX_64.test(each)) return null;
    const sibling = Buffer.from(each, 'hex');
    if (place % 2 === 1 || place === last) {
      root = sha256(Uint8Array.of(1), sibling, root);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else root = sha256(Uint8Array.of(1), root, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root.toString('hex') : null;
}

/** What a line of the summary is made from. */
export type Told = Pick<EvidenceEvent, 'position' | 'revision' | 'stream' | 'type' | 'metadata'>;

/** The summary for people: a function of the rest of the file, so that it cannot tell another story. */
export function summaryOf(header: EvidenceHeader, events: readonly Told[]): string[] {
  const { head, sites } = header;
  const course = [...events].sort((a, b) => order(a.metadata.occurredAt, b.metadata.occurredAt) || order(a.position, b.position));
  return [
    `Customer ${header.customer} of group ${header.tenant}; sites: ${sites === 'all' ? 'all' : sites.join(', ')}`,
    `Made ${header.exportedAt} by ${header.exportedBy}`,
    `Log ${head.logId}: ${head.treeSize} events, root ${head.root}, signed ${head.signedAt} with key ${head.keyId}`,
    ...header.streams.map(({ stream, events: count }) => `Stream ${stream}: ${count} events`),
    ...course.map(
      ({ metadata: { occurredAt, recordedAt, actor }, type, stream, revision }) =>
        `${occurredAt}  ${type}  ${stream} #${revision}  by ${actor.kind} ${actor.id}, recorded ${recordedAt}`,
    ),
  ];
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(10, from);
    if (end === -1) throw new EvidenceFault('the file is cut short: its last line does not end');
    yield bytes.subarray(from, end);
    from = end + 1;
  }
}

function parsed(line: Uint8Array, number: number): { kind?: unknown } {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(line);
  const value = JSON.parse(text) as { kind?: unknown };
  if (canonical(value) !== text) throw new EvidenceFault(`line ${number} is not canonical JSON`);
  return value;
}

/** The chain of each stream, from its first event to the one that the header proves to be in the tree. */
class Chains {
  private readonly left: ProvenStream[];
  private next = 0;
  private hash = '';

  constructor(header: EvidenceHeader) {
    this.left = [...header.streams];
  }

  add(event: EvidenceEvent): void {
    const [current] = this.left;
    const named = `event ${event.id} (${event.stream} #${event.revision})`;
    if (current === undefined || event.stream !== current.stream || event.revision !== this.next)
      throw new EvidenceFault(`${named} is not the one that comes next`);
    if (event.metadata.previousHash !== this.hash) throw new EvidenceFault(`${named} does not follow on the one before it`);
    if (eventHash(event) !== event.metadata.hash) throw new EvidenceFault(`${named} is not what its hash was made over`);
    this.hash = event.metadata.hash;
    this.next += 1;
    if (this.next < current.events) return;
    if (this.hash !== current.hash) throw new EvidenceFault(`${named} is not the one that is proven to be in the log`);
    this.left.shift();
    [this.next, this.hash] = [0, ''];
  }

  end(): void {
    if (this.left[0] !== undefined) throw new EvidenceFault(`stream ${this.left[0].stream} is not whole`);
  }
}

function checkHeader(header: EvidenceHeader, trusted: string | undefined): void {
  if ((header.kind as unknown) !== 'header') throw new EvidenceFault('the file does not begin with a header');
  if (trusted !== undefined && trusted !== header.publicKey)
    throw new EvidenceFault('the file is signed with another key than the one given');
  if (!headIsSigned(header.head, header.publicKey)) throw new EvidenceFault('the log head is not signed with the key in the file');
  for (const { stream, events, index, hash, proof } of header.streams) {
    const root = HEX_64.test(hash) && events > 0 ? rootFromProof({ index, hash, size: header.head.treeSize }, proof) : null;
    if (root !== header.head.root) throw new EvidenceFault(`stream ${stream} is not proven to be in the log`);
  }
}

/**
 * Checks an evidence file whole: every event against its hash, every stream's chain, its place in the signed tree, the
 * summary, and the signature over every byte. `publicKey`: the key known from elsewhere; without it the file is only
 * shown to agree with itself and with the key that it names.
 * @throws EvidenceFault
 */
export function verifyEvidence(bytes: Uint8Array, publicKey?: string): { header: EvidenceHeader; events: number; summary: string[] } {
  try {
    return verified(bytes, publicKey);
  } catch (error) {
    if (error instanceof EvidenceFault) throw error;
    throw new EvidenceFault(`the file cannot be read as evidence: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function verified(bytes: Uint8Array, publicKey?: string): ReturnType<typeof verifyEvidence> {
  const digest = createHash('sha256');
  const told: Told[] = [];
  let header: EvidenceHeader | undefined;
  let chains: Chains | undefined;
  let summary: string[] | undefined;
  let number = 0;
  let sealed = false;
  for (const line of linesOf(bytes)) {
    number += 1;
    if (sealed) throw new EvidenceFault('something follows the seal');
    const value = parsed(line, number);
    if (header === undefined || chains === undefined) {
      header = value as EvidenceHeader;
      checkHeader(header, publicKey);
      chains = new Chains(header);
    } else if (value.kind === 'event' && summary === undefined) {
      const event = value as EvidenceEvent;
      chains.add(event);
      const { position, revision, stream, type, metadata } = event;
      told.push({ position, revision, stream, type, metadata });
    } else if (value.kind === 'summary' && summary === undefined) {
      summary = summaryOf(header, told);
      if (canonical({ kind: 'summary', lines: summary }) !== canonical(value))
        throw new EvidenceFault('the summary does not tell what the events are');
    } else if (value.kind === 'seal') {
      const seal = value as { sha256?: unknown; signature?: unknown };
      const all = digest.digest('hex');
      sealed = seal.sha256 === all && Object.keys(seal).length === 3 && signed(sealText(all), seal.signature, header.publicKey);
      if (!sealed) throw new EvidenceFault('the seal does not hold: something in the file was changed');
      continue;
    } else throw new EvidenceFault(`line ${number} is not expected here`);
    digest.update(line).update('\n');
  }
  chains?.end();
  if (header === undefined || summary === undefined || !sealed) throw new EvidenceFault('the file is cut short: it has no seal');
  return { header, events: told.length, summary };
}

/** `node verify-evidence.mjs FILE [PUBLIC KEY]`; 0: it holds, 3: it does not, 2: there is no such file. */
function main([file, publicKey]: readonly string[]): number {
  if (file === undefined) {
    process.stderr.write('usage: node verify-evidence.mjs FILE [PUBLIC KEY]\n');
    return 2;
  }
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  try {
    const { header, events, summary } = verifyEvidence(bytes, publicKey);
    process.stdout.write(`${summary.join('\n')}\n\nHOLDS: ${events} events in ${header.streams.length} streams\n`);
    if (publicKey === undefined) process.stdout.write(`Compare the key with the one the platform publishes: ${header.publicKey}\n`);
    return 0;
  } catch (error) {
    process.stdout.write(`DOES NOT HOLD: ${error instanceof Error ? error.message : String(error)}\n`);
    return 3;
  }
}

const [, script, ...args] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href) process.exitCode = main(args);
