import type { LogReader, Page } from './log-reader.js';

const NO_END = Number.MAX_SAFE_INTEGER;

/** Pages for which several subscriptions ask at the same moment, as those that follow the log in step do: read once. */
export class SharedPages {
  private readonly underWay = new Map<string, Promise<Page>>();

  constructor(private readonly reader: LogReader) {}

  /** `seen` are the wake-ups that the caller knows of: a page that was asked for before the last of them may lack what it told of. */
  read(after: number, limit: number, seen: number): Promise<Page> {
    const key = `${after} ${limit} ${seen}`;
    const known = this.underWay.get(key);
    if (known !== undefined) return known;
    const page = this.reader.allPage(after, NO_END, limit).finally(() => this.underWay.delete(key));
    this.underWay.set(key, page);
    return page;
  }
}
