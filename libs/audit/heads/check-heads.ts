import type { Fault } from '../faults.js';
import { NOWHERE } from '../faults.js';
import type { MerkleTree } from '../merkle.js';
import type { KnownHead, SignedHead } from './head.js';

/** Holds a log against its signed heads, while the log is walked. */
export class HeadChecks {
  private readonly forged: SignedHead[];
  /** Not yet reached, the smallest first. */
  private readonly waiting: SignedHead[];
  private readonly differing: SignedHead[] = [];
  private agreeing = 0;
  /** Number of events that the largest head covers which agrees: so many are as they were signed. */
  agreed = 0;

  constructor(private readonly heads: readonly KnownHead[]) {
    this.forged = heads.flatMap(({ head, isSigned }) => (isSigned ? [] : [head]));
    this.waiting = heads.flatMap(({ head, isSigned }) => (isSigned ? [head] : [])).sort((a, b) => a.treeSize - b.treeSize);
  }

  /** To be called after every event. */
  reached(tree: MerkleTree): void {
    for (let head = this.waiting[0]; head?.treeSize === tree.size; head = this.waiting[0]) {
      this.waiting.shift();
      if (tree.root().toString('hex') === head.root) {
        this.agreeing += 1;
        this.agreed = head.treeSize;
      } else this.differing.push(head);
    }
  }

  counts(): { checked: number; agree: number } {
    return { checked: this.heads.length, agree: this.agreeing };
  }

  /** Heads passed so far that do not agree. */
  differences(): Fault[] {
    const where = this.agreed === 0 ? 'from the beginning on' : `after the first ${this.agreed}`;
    return this.differing.map((head) => ({
      ...NOWHERE,
      kind: 'head-differs',
      detail: `${named(head)} does not agree: of its ${head.treeSize} events, ${where}, some are not what was signed`,
    }));
  }

  /** What the heads show of a log that has ended after so many events. */
  faults(events: number): Fault[] {
    return [
      ...this.differences(),
      ...this.waiting.map((head): Fault => ({
        ...NOWHERE,
        kind: 'log-cut',
        index: events,
        detail: `${named(head)} covers ${head.treeSize} events, the log has ${events}`,
      })),
      ...this.forged.map((head): Fault => ({ ...NOWHERE, kind: 'head-forged', detail: `${named(head)} is not signed with our keys` })),
    ];
  }
}

const named = ({ signedAt, logId }: SignedHead): string => `the head of ${signedAt} (log ${logId})`;
