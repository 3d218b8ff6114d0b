import { parseStreamName } from '@touchline/core';
import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
} from '@touchline/event-store';
import { EventStoreDecorator } from '@touchline/event-store';
import type { OpenSpan, SpanOf, Tracing } from '@touchline/observability';
import { inPart, kindOf } from '@touchline/observability';

/** The log, with a span for each append and each read that is part of something traced. Names kinds of streams, never one. */
export const traceLog = (log: EventStore, tracing: Tracing, system: 'postgresql' | 'eventstoredb'): EventStore =>
  new TracedLog(log, tracing, system);

class TracedLog extends EventStoreDecorator {
  constructor(
    log: EventStore,
    private readonly tracing: Tracing,
    private readonly system: string,
  ) {
    super(log);
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    return inPart(
      this.tracing,
      () => this.spanOf('append', stream, { 'touchline.events': events.length }),
      () => this.log.append(stream, expected, events),
    );
  }

  override readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return spanned(
      this.tracing.part(() => this.spanOf('read', stream)),
      this.log.readStream(stream, options),
    );
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return spanned(
      this.tracing.part(() => this.spanOf('read', null)),
      this.log.readAll(options),
    );
  }

  private spanOf(operation: 'append' | 'read', stream: string | null, more: SpanOf['attributes'] = {}): SpanOf {
    const streams = stream === null ? 'all' : (parseStreamName(stream)?.category ?? 'other');
    return {
      name: `${operation} ${streams}`,
      kind: 'client',
      attributes: { 'db.system.name': this.system, 'db.operation.name': operation, 'db.collection.name': streams, ...more },
    };
  }
}

async function* spanned(span: OpenSpan | null, events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent> {
  if (span === null) {
    yield* events;
    return;
  }
  let failed: { error: string } | undefined;
  try {
    yield* events;
  } catch (error) {
    failed = { error: kindOf(error) };
    throw error;
  } finally {
    span.end(failed);
  }
}
