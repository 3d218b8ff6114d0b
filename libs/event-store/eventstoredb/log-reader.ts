import { hasReached, type Position } from '@touchline/core';
import { PositionUnknown, StreamDamaged } from '../errors.js';
import type { ReadAllOptions, ReadStreamOptions, StoredEvent, StreamDamage } from '../port.js';
import { CallFailure, readError } from './call-failure.js';
import { damageBy, hiddenBy } from './hidden-streams.js';
import { isHousekeeping, isOfOthers, parsePosition } from './records.js';
import type { AllPageRequest, StreamPageRequest } from './requests.js';
import type { Page, StreamsApi } from './streams-api.js';

/** Reads in pages, each a call with a deadline. All methods throw EventStoreUnavailable where the server cannot be reached. */
export class LogReader {
  /** Down to where the end of the log was searched for the head, and what was found: trailing system events are read once only. */
  private searched: { newest: Position; head: Position | null } | null = null;

  constructor(
    private readonly api: StreamsApi,
    private readonly pageSize: number,
  ) {}

  /** Position of the newest event of any kind. */
  async newest(): Promise<Position | null> {
    const { events } = await this.allPage({ direction: 'backwards', from: 'edge', count: 1 });
    return events[0]?.position ?? null;
  }

  /** Position of the newest event that is handed out. */
  async head(): Promise<Position | null> {
    let page = await this.allPage({ direction: 'backwards', from: 'edge', count: 1 });
    const newest = page.events[0]?.position;
    if (newest === undefined) return null;
    // Were the log set back to an older copy, what was found in the newer one would no longer hold.
    const known = this.searched !== null && this.searched.newest <= newest ? this.searched : null;
    for (;;) {
      for (const event of page.events) {
        if (known !== null && event.position <= known.newest) return this.remember(newest, known.head);
        if (!isHousekeeping(event)) return this.remember(newest, event.position);
      }
      const last = page.events.at(-1);
      if (last === undefined || !page.more) return this.remember(newest, null);
      page = await this.allPage({ direction: 'backwards', from: last.position, count: this.pageSize });
    }
  }

  private remember(newest: Position, head: Position | null): Position | null {
    this.searched = { newest, head };
    return head;
  }

  async *readStream(
    stream: string,
    { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions = {},
  ): AsyncGenerator<StoredEvent> {
    const forwards = direction === 'forwards';
    let next: number | 'edge' = from ?? (forwards ? 0 : 'edge');
    // Asked together where there may be no such stream: whether it was deleted is then known at once.
    const hidden = next === 0 ? this.hiding(stream) : undefined;
    hidden?.catch(() => undefined);
    for (let left = limit; left > 0;) {
      const { events, more, missing } = await this.streamPage({ stream, direction, from: next, count: Math.min(this.pageSize, left) });
      if (missing) {
        const how = await (hidden ?? this.hiding(stream));
        if (how !== null) throw new StreamDamaged(stream, `it was deleted: ${how}`);
        return;
      }
      for (const event of events) {
        // From beyond its end the server reads backwards from the last one.
        if (next === 'edge' || (!forwards && next === from && event.revision < next)) next = event.revision;
        if (event.revision !== next) throw new StreamDamaged(stream, `revision ${next} is no longer there`);
        yield event;
        next += forwards ? 1 : -1;
      }
      left -= events.length;
      if (next === -1 || (forwards && (events.length === 0 || !more)) || next === 'edge') return;
      if (!forwards && left > 0 && !more) throw new StreamDamaged(stream, `revision ${next} is no longer there`);
    }
  }

  /** To the server a deleted stream is as one that never was; its metadata tells what hides it. */
  private async hiding(stream: string): Promise<string | null> {
    const { events } = await this.streamPage({ stream: `$$${stream}`, direction: 'backwards', from: 'edge', count: 1 });
    return hiddenBy(events[0]?.data ?? '');
  }

  async *readAll({ after = null, limit = Infinity, onDamage, onForeign }: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    // What the server noted of a stream may stand behind the last event.
    const end = limit > 0 ? await (onDamage === undefined && onForeign === undefined ? this.head() : this.newest()) : null;
    if (end === null || hasReached(after, end)) {
      if (after !== null && after !== end) await this.startingAt(after, 1);
      return;
    }
    let reached = after;
    for (let left = limit; ;) {
      // One more than wanted: the server begins with the event at the position itself.
      const { events, more } = await this.startingAt(reached, Math.min(this.pageSize, left) + 1);
      for (const event of events) {
        if (hasReached(reached, event.position)) continue;
        if (event.position > end) return;
        reached = event.position;
        if (onDamage !== undefined) tell(event, onDamage);
        if (isOfOthers(event)) onForeign?.();
        if (isHousekeeping(event)) continue;
        yield event;
        if (--left <= 0) return;
      }
      if (!more) return;
    }
  }

  /** @throws PositionUnknown where no record begins at the position */
  private async startingAt(position: Position | null, count: number): Promise<Page> {
    const page = await this.allPage({ direction: 'forwards', from: position ?? 'edge', count }).catch((error: unknown) => {
      throw position !== null && error instanceof CallFailure && error.reason === 'bad-position' ? new PositionUnknown(position) : error;
    });
    if (position !== null && page.events.length === 0) throw new PositionUnknown(position);
    return page;
  }

  async eventAt(position: Position): Promise<StoredEvent | null> {
    if (parsePosition(position) === null) return null;
    try {
      const { events } = await this.allPage({ direction: 'forwards', from: position, count: 1 });
      return events.find((event) => event.position === position && !isHousekeeping(event)) ?? null;
    } catch (error) {
      if (error instanceof CallFailure && error.reason === 'bad-position') return null;
      throw error;
    }
  }

  /** Whether a record of any kind begins there: beyond the end the server takes a subscription all the same. */
  async holds(position: Position): Promise<boolean> {
    try {
      const { events } = await this.allPage({ direction: 'forwards', from: position, count: 1 });
      return events[0]?.position === position;
    } catch (error) {
      if (error instanceof CallFailure && error.reason === 'bad-position') return false;
      throw error;
    }
  }

  /** The event of that stream at that revision. */
  async eventOf(stream: string, revision: number): Promise<StoredEvent | null> {
    const { events } = await this.streamPage({ stream, direction: 'forwards', from: revision, count: 1 });
    return events[0] ?? null;
  }

  private async streamPage(request: StreamPageRequest): Promise<Page> {
    return await this.api.streamPage(request).catch((error: unknown) => {
      if (error instanceof CallFailure && error.reason === 'deleted') throw new StreamDamaged(request.stream, 'it was deleted for good');
      throw readError(error);
    });
  }

  private async allPage(request: AllPageRequest): Promise<Page> {
    return await this.api.allPage(request).catch((error: unknown) => {
      throw readError(error);
    });
  }
}

function tell(event: StoredEvent, onDamage: (damage: StreamDamage) => void): void {
  const damage = damageBy(event);
  if (damage !== null) onDamage(damage);
}
