import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '@touchline/core';
import type { EventToAppend, ExpectedRevision, StoredEvent, StreamAppend } from '../port.js';
import type { Call, CallRunner } from './call-runner.js';
import { positionOf, toStoredEvent } from './records.js';
import type { StreamNames } from './stream-names.js';
import {
  allPageRequest,
  appendMessages,
  batchMessage,
  streamPageRequest,
  subscriptionRequest,
  type AllPageRequest,
  type StreamPageRequest,
} from './requests.js';

/** `position` is missing where the server recognised a repeat and no longer knows its place. */
export type AppendAnswer = { conflict: false; revision: number; position: Position | null } | { conflict: true; current: ExpectedRevision };

/** `more`: the page was cut short, or filled, so there may be events behind it. */
export interface Page {
  events: StoredEvent[];
  more: boolean;
  /** There is no such stream, or it was deleted. */
  missing: boolean;
}

/** What an endless read reports, in the order of the wire. */
export interface Listener {
  event(event: StoredEvent, bytes: number): void;
  /** The server says it has sent everything there was; servers before 23.10 never say so, no server says when it falls behind again. */
  caughtUp(): void;
  started(call: EndlessCall): void;
}

export interface EndlessCall {
  pause(): unknown;
  resume(): unknown;
  cancel(): void;
}

/** A page ends early at this many bytes, so that a page of the largest events still fits in memory. Two events make progress in any case. */
const PAGE_BYTES = 8 * 1024 * 1024;

/** The calls of the Streams service that this driver makes, in terms of the port. All throw CallFailure. */
export class StreamsApi {
  constructor(
    private readonly calls: CallRunner,
    private readonly names: StreamNames,
  ) {}

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendAnswer> {
    return this.calls.run(
      (client, args): Call<AppendAnswer> => {
        let sink: ReturnType<typeof client.append>;
        const settled = new Promise<AppendAnswer>((resolve, reject) => {
          sink = client.append(...args, (error, response) => (error === null ? resolve(appendAnswer(response)) : reject(error)));
          sink.on('error', reject);
          for (const message of appendMessages(this.names.onServer(stream), expected, events)) sink.write(message);
          sink.end();
        });
        return { settled, cancel: () => sink.cancel() };
      },
      // The same bytes once more are the same append, wherever the first try of it got to.
      ['not-sent', 'not-leader', 'interrupted'],
    );
  }

  /**
   * Appends one after the other over one call, which costs a fraction of a call each: the next is sent when the one before is told
   * to stand, at the revision that `stood` is told. Ends at the first that is answered with anything else, or not in time. What
   * became of that, an append by itself tells: the same bytes once more are the same append.
   */
  appendOneByOne(
    appends: readonly StreamAppend[],
    patienceMs: number,
    stood: (append: StreamAppend, revision: number) => void,
  ): Promise<void> {
    return this.calls.runEndless((client, args) => {
      const call = client.batchAppend(...args);
      const left = appends.values();
      let under: StreamAppend | undefined;
      let markAnswered: () => void;
      const answered = new Promise<void>((resolve) => (markAnswered = resolve));
      const settled = new Promise<void>((resolve, reject) => {
        const end = (): void => {
          clearTimeout(patience);
          call.removeAllListeners('data').cancel();
          resolve();
        };
        const patience = setTimeout(end, patienceMs);
        const next = (): void => {
          under = left.next().value;
          if (under === undefined) return end();
          patience.refresh();
          const { stream, expected, events } = under;
          call.write(batchMessage(this.names.onServer(stream), expected, events, new Date(Date.now() + patienceMs)));
        };
        call.on('error', (error) => {
          clearTimeout(patience);
          reject(error);
        });
        call.on('end', end);
        call.on('data', (response: streams.BatchAppendResp) => {
          markAnswered();
          const success = response.getSuccess();
          if (success === undefined || under === undefined) return end();
          try {
            stood(under, Number(success.getCurrentRevision()));
            next();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            end();
          }
        });
        next();
      });
      return { settled, answered, cancel: () => call.cancel() };
    });
  }

  /** An unknown stream gives an empty page. */
  streamPage(request: StreamPageRequest): Promise<Page> {
    return this.page(streamPageRequest({ ...request, stream: this.names.onServer(request.stream) }), request.count);
  }

  allPage(request: AllPageRequest): Promise<Page> {
    return this.page(allPageRequest(request), request.count);
  }

  private page(request: streams.ReadReq, count: number): Promise<Page> {
    return this.calls.run(
      (client, args): Call<Page> => {
        const call = client.read(request, ...args);
        const events: StoredEvent[] = [];
        let [bytes, missing] = [0, false];
        let markAnswered: () => void;
        const answered = new Promise<void>((resolve) => (markAnswered = resolve));
        const settled = reading(call, (response, done) => {
          markAnswered();
          const record = response.getEvent()?.getEvent();
          missing ||= response.hasStreamNotFound();
          if (record === undefined) return;
          events.push(toStoredEvent(record, this.names));
          bytes += sizeOf(record);
          if (bytes >= PAGE_BYTES && events.length > 1) done();
        });
        return {
          settled: settled.then((ended) => ({ events, more: !ended || events.length >= count, missing })),
          answered,
          cancel: () => call.cancel(),
        };
      },
      ['not-sent', 'not-leader', 'interrupted'],
    );
  }

  /** Everything after the position, without end. Checkpoints the server sends are ignored: they may pass over events (ADR 0001). */
  async follow(after: Position | null, listener: Listener): Promise<void> {
    const request = subscriptionRequest(after);
    await this.calls.runEndless((client, args) => {
      const call = client.read(request, ...args);
      listener.started(call);
      let markAnswered: () => void;
      const answered = new Promise<void>((resolve) => (markAnswered = resolve));
      const settled = reading(call, (response) => {
        markAnswered();
        const record = response.getEvent()?.getEvent();
        if (record !== undefined) listener.event(toStoredEvent(record, this.names), sizeOf(record));
        if (response.hasCaughtUp()) listener.caughtUp();
      });
      return { settled: settled.then(() => undefined), answered, cancel: () => call.cancel() };
    });
  }
}

type ReadCall = ReturnType<StreamsClient['read']>;

/** Hands on every message; true at the call's own end, false where `done` cut it short. What `on` throws ends the call too. */
function reading(call: ReadCall, on: (response: streams.ReadResp, done: () => void) => void): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stop = (settle: () => void) => {
      settle();
      call.removeAllListeners('data').cancel();
    };
    call.on('error', reject);
    call.on('end', () => resolve(true));
    call.on('data', (response: streams.ReadResp) => {
      try {
        on(response, () => stop(() => resolve(false)));
      } catch (error) {
        stop(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    });
  });
}

const sizeOf = (record: streams.ReadResp.ReadEvent.RecordedEvent): number =>
  record.getData_asU8().byteLength + record.getCustomMetadata_asU8().byteLength;

function appendAnswer(response: streams.AppendResp): AppendAnswer {
  const conflict = response.getWrongExpectedVersion();
  if (conflict !== undefined) {
    // Of a stream that is not there it may also say -1, in 64 bits.
    const current = conflict.hasCurrentRevision() ? BigInt.asIntN(64, BigInt(conflict.getCurrentRevision())) : -1n;
    return { conflict: true, current: current < 0n ? 'no-stream' : Number(current) };
  }
  const success = response.getSuccess();
  const position = success?.getPosition();
  return {
    conflict: false,
    revision: Number(success?.getCurrentRevision()),
    position: position === undefined ? null : positionOf(position.getCommitPosition(), position.getPreparePosition()),
  };
}
