import type { EventRegistry } from '@touchline/event-store';
import { StreamRepository } from '@touchline/event-store';
import type { Appended, LoadedStream, StreamState, ToAppend } from '@touchline/event-store';
import type { BufferedEventStore } from './buffered-event-store.js';

/** Streams to which nobody else writes until all is written: each is read once, and then grows by what is appended. */
export class StreamUnitOfWork extends StreamRepository {
  private readonly streams = new Map<string, LoadedStream>();

  constructor(
    private readonly buffered: BufferedEventStore,
    registry: EventRegistry,
  ) {
    super(buffered, registry);
  }

  override async load(stream: string): Promise<LoadedStream> {
    const loaded = this.streams.get(stream) ?? (await super.load(stream));
    this.streams.set(stream, loaded);
    return loaded;
  }

  override async append(stream: string, state: StreamState, events: ToAppend): Promise<Appended> {
    const appended = await super.append(stream, state, events);
    this.streams.get(stream)?.grow(appended.events);
    return appended;
  }

  override forget(stream: string): void {
    this.streams.delete(stream);
  }

  /** Writes what was held back. What it was decided on has its true places only then, and nobody needs it while it is written. */
  flush(): ReturnType<BufferedEventStore['flush']> {
    this.streams.clear();
    return this.buffered.flush();
  }
}
