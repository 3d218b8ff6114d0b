import { LRUCache } from 'lru-cache';
import type { FoldedStream } from './stream-state.js';

/** Some ten thousand journeys of twenty events; the ids of their commands are most of it, 40 MiB. */
const MOST = 400_000;

/**
 * The streams that commands were recorded on last, folded. A command decided on one of them is recorded at the exact
 * revision it stands at, so that one which others wrote to is found out, forgotten and read (ADR 0003). Nobody is refused for
 * what is held here, nor told that there is nothing to do. Personal fields are sealed in it as they are stored.
 */
export class FoldedStreamCache {
  private readonly streams: LRUCache<string, FoldedStream>;

  constructor(most = MOST) {
    this.streams = new LRUCache({ maxSize: most, sizeCalculation: ({ weight }) => weight });
  }

  of(stream: string): FoldedStream | undefined {
    return this.streams.get(stream);
  }

  keep(stream: string, folded: FoldedStream | null): void {
    if (folded === null) this.forget(stream);
    else this.streams.set(stream, folded);
  }

  forget(stream: string): void {
    this.streams.delete(stream);
  }
}
