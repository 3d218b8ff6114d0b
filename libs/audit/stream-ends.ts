import { hash as digest } from 'node:crypto';
import { HASH_BYTES } from './merkle.js';

/** Words of a stream's key: 96 bits of SHA-256, so that two names never meet by accident. */
const KEY_WORDS = 3;
const FIRST_CAPACITY = 1024;
const MOST_FULL = 0.7;
const FREE = -1;

export interface StreamEnd {
  revision: number;
  /** Hash of the stream's last event; 32 bytes. */
  hash: Buffer;
}

/**
 * How far every stream of a log has come, in 48 bytes a stream plus free room: a map of strings would take several times
 * that, and a check walks over all streams there are. Open addressing; nothing is ever taken out.
 */
export class StreamEnds {
  private keys = new Uint32Array(FIRST_CAPACITY * KEY_WORDS);
  private revisions = new Int32Array(FIRST_CAPACITY).fill(FREE);
  private hashes = Buffer.alloc(FIRST_CAPACITY * HASH_BYTES);
  private known = 0;
  /** Asked for twice in a row, when it is looked up and when it is set. */
  private latest = { stream: '', key: keyOf('') };

  /** Streams known. */
  get size(): number {
    return this.known;
  }

  get(stream: string): StreamEnd | null {
    const slot = this.slotOf(this.keyOf(stream));
    const revision = this.revisions[slot]!;
    return revision === FREE ? null : { revision, hash: this.hashes.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES) };
  }

  set(stream: string, { revision, hash }: StreamEnd): void {
    const key = this.keyOf(stream);
    let slot = this.slotOf(key);
    if (this.revisions[slot] === FREE) {
      if (this.known + 1 > this.revisions.length * MOST_FULL) {
        this.grow();
        slot = this.slotOf(key);
      }
      this.known += 1;
      this.keys.set(key, slot * KEY_WORDS);
    }
    this.revisions[slot] = revision;
    this.hashes.set(hash, slot * HASH_BYTES);
  }

  private keyOf(stream: string): Uint32Array {
    if (this.latest.stream !== stream) this.latest = { stream, key: keyOf(stream) };
    return this.latest.key;
  }

  /** The slot that holds this key, or the free one where it belongs. */
  private slotOf(key: Uint32Array): number {
    const mask = this.revisions.length - 1;
    for (let slot = key[0]! & mask; ; slot = (slot + 1) & mask) {
      if (this.revisions[slot] === FREE) return slot;
      const at = slot * KEY_WORDS;
      if (this.keys[at] === key[0] && this.keys[at + 1] === key[1] && this.keys[at + 2] === key[2]) return slot;
    }
  }

  private grow(): void {
    const { keys, revisions, hashes } = this;
    const capacity = revisions.length * 2;
    this.keys = new Uint32Array(capacity * KEY_WORDS);
    this.revisions = new Int32Array(capacity).fill(FREE);
    this.hashes = Buffer.alloc(capacity * HASH_BYTES);
    for (const [old, revision] of revisions.entries()) {
      if (revision === FREE) continue;
      const key = keys.subarray(old * KEY_WORDS, (old + 1) * KEY_WORDS);
      const slot = this.slotOf(key);
      this.keys.set(key, slot * KEY_WORDS);
      this.revisions[slot] = revision;
      this.hashes.set(hashes.subarray(old * HASH_BYTES, (old + 1) * HASH_BYTES), slot * HASH_BYTES);
    }
  }
}

function keyOf(stream: string): Uint32Array {
  const bytes = digest('sha256', stream, 'buffer');
  return Uint32Array.from({ length: KEY_WORDS }, (_, word) => bytes.readUInt32LE(word * 4));
}
