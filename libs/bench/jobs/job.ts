/** A piece of work that is measured, done in a process of its own. What it gives goes out as JSON. */
export type Job<Input, Output> = (input: Input, parent: Parent) => Promise<Output>;

/** The process that measures. */
export interface Parent {
  /** Tells it something on the way. */
  tell(message: object): void;
  /** Resolves when it says to go on, or is gone. */
  goOn(): Promise<void>;
}

/** A job's result, and the most memory its process took. */
export type Done<Output> = Output & { peakMiB: number };
