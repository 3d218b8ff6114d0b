/** One thing wrong with the source: where it stands and why it was not recorded. */
export interface Fault {
  /** Line of the file the record begins on, from 1. */
  line: number;
  /** The column as the mapping names it; '' where the whole record is meant. */
  column: string;
  /** Literal code, such as `value.missing`, or the code of the rule that refused. */
  reason: string;
  /** The value as read; absent where there is none or it is personal. */
  value?: string;
  detail?: string;
  /** The mapping's name of the fact that is meant; absent where it is the record or the journey. */
  fact?: string;
}

/** The file cannot be split into records, so nothing of it is recorded. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/** The mapping, or a file it names, is not usable. Holds every fault found, not the first. */
export class MappingFaults extends Error {
  override readonly name = 'MappingFaults';
  constructor(
    readonly file: string,
    readonly faults: readonly string[],
  ) {
    super(`${file}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}
