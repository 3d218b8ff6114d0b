import type { Fault, FaultKind, Place } from './faults.js';
import { NOWHERE } from './faults.js';
import type { StreamEnds } from './stream-ends.js';

/** What was noted of a stream when the last head was written. */
export interface StreamNote {
  stream: string;
  /** Place of its first event in the log. */
  firstIndex: number;
  /** Of its last event then. */
  revision: number;
  hash: Buffer;
}

/**
 * What the platform notes of its log beside the signed heads. It is not signed, so it proves nothing; but where a head
 * shows that something was changed, it tells what.
 */
export interface Witness {
  /** Number of events it covers. */
  size: number;
  /** Leaf hashes from one place on; at least one, unless it ends there. */
  leaves(from: number): Promise<readonly Buffer[]>;
  streams(): AsyncIterable<StreamNote>;
}

/** Where log and witness part. */
interface Parting {
  index: number;
  place: Place;
  found: Buffer;
  noted: Buffer;
  /** Where the witness has what was found, further on. */
  foundAt: number | null;
  /** The log has what was noted, further on. */
  notedLater: boolean;
}

/** Walks along with the log, leaf by leaf; from where they part on it looks for what became of either side. */
export class WitnessCheck {
  private leaves: readonly Buffer[] = [];
  private from = 0;
  private parting: Parting | null = null;
  private count = 0;

  constructor(private readonly witness: Witness) {}

  /** True where leaves have to be loaded before this one is seen. */
  isBehind(index: number): boolean {
    return index < this.witness.size && index >= this.from + this.leaves.length;
  }

  async load(index: number): Promise<void> {
    this.leaves = await this.witness.leaves(index);
    this.from = index;
  }

  see(index: number, leaf: Buffer, place: () => Place): void {
    this.count = index + 1;
    const noted = index < this.witness.size ? this.leaves[index - this.from] : undefined;
    if (this.parting === null) {
      if (noted === undefined || noted.equals(leaf)) return;
      this.parting = { index, place: place(), found: leaf, noted, foundAt: null, notedLater: false };
      return;
    }
    if (leaf.equals(this.parting.noted)) this.parting.notedLater = true;
    if (noted?.equals(this.parting.found)) this.parting.foundAt ??= index;
  }

  /** To be called when the log has ended. */
  async end(): Promise<void> {
    for (let index = this.count; this.parting?.foundAt === null && index < this.witness.size; index += this.leaves.length) {
      await this.load(index);
      if (this.leaves.length === 0) return;
      const at = this.leaves.findIndex((leaf) => this.parting?.found.equals(leaf));
      if (at !== -1) this.parting.foundAt = index + at;
    }
  }

  /** The first place where the log is not what was noted; null where it is. */
  fault(): Fault | null {
    if (this.parting !== null) return { ...this.parting.place, ...differenceAt(this.parting) };
    if (this.count >= this.witness.size) return null;
    const detail = `the log ends after ${this.count} events, ${this.witness.size} were recorded`;
    return { ...NOWHERE, kind: 'log-cut', index: this.count, detail };
  }

  /** Streams that do not reach as far as was noted; `firstIndex` is where they began. */
  async *streamFaults(ends: StreamEnds): AsyncGenerator<Fault & { firstIndex: number }> {
    for await (const { stream, firstIndex, revision, hash } of this.witness.streams()) {
      const end = ends.get(stream);
      const place = { ...NOWHERE, stream, firstIndex };
      if (end === null) yield { ...place, kind: 'stream-missing', revision: 0, detail: `${stream} is gone; it had ${revision + 1} events` };
      else if (end.revision < revision)
        yield {
          ...place,
          kind: 'stream-cut',
          revision: end.revision + 1,
          detail: `${stream} ends at revision ${end.revision}; it had reached ${revision}`,
        };
      else if (end.revision === revision && !end.hash.equals(hash))
        yield { ...place, kind: 'stream-rewritten', revision, detail: `${stream} ends in another event than was recorded` };
    }
  }
}

function differenceAt({ index, foundAt, notedLater }: Parting): { kind: FaultKind; detail: string } {
  if (foundAt !== null && notedLater)
    return { kind: 'event-out-of-order', detail: `it was recorded as number ${foundAt} of the log and stands as number ${index}` };
  if (foundAt !== null) return { kind: 'event-missing', detail: `before it ${foundAt - index} events of the log are missing` };
  if (notedLater) return { kind: 'event-inserted', detail: 'it was not there when the log was signed' };
  return { kind: 'event-rewritten', detail: 'another event was recorded in its place' };
}
