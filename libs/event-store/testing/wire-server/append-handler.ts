import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerReadableStream } from '@grpc/grpc-js';
import { deleted } from './delete-handler.js';
import { serverError } from './server-error.js';
import type { ServerState } from './server-state.js';
import { checkMessageSize, write, type ProposedMessage, type WireExpectation } from './write.js';

/** Streams.Append: a header, then an event each; one answer. A conflict is an answer, the other refusals are errors. */
export const append = (
  state: ServerState,
  call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
): Promise<streams.AppendResp> => state.round('append', () => appended(state, call));

async function appended(
  state: ServerState,
  call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
): Promise<streams.AppendResp> {
  let options: streams.AppendReq.Options | undefined;
  const messages: ProposedMessage[] = [];
  for await (const request of call as AsyncIterable<streams.AppendReq>) {
    options ??= request.getOptions();
    const message = request.getProposedMessage();
    if (message === undefined) continue;
    checkMessageSize(message);
    messages.push(message);
  }
  if (options === undefined) throw serverError(status.UNKNOWN, 'the first message is not a header');
  await state.answering();
  state.checkReady();
  if (call.cancelled) throw serverError(status.CANCELLED, 'the caller is gone');
  const stream = Buffer.from(options.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8');
  state.checkRight('append', stream, call.metadata);
  state.checkLeader(call.metadata);

  const expected = expectationOf(options);
  const result = await write(state, stream, expected, messages);
  await state.answering();
  switch (result.kind) {
    case 'written':
      return new streams.AppendResp().setSuccess(
        // The commit position twice: what the real server answers, whatever the prepare position was.
        new streams.AppendResp.Success()
          .setCurrentRevision(String(result.last.revision))
          .setPosition(
            new streams.AppendResp.Position().setCommitPosition(String(result.last.commit)).setPreparePosition(String(result.last.commit)),
          ),
      );
    case 'conflict':
      return new streams.AppendResp().setWrongExpectedVersion(conflict(expected, result.current));
    case 'too-large': {
      const limit = String(state.settings.maxAppendBytes);
      throw serverError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
        exception: 'maximum-append-size-exceeded',
        'maximum-append-size': limit,
      });
    }
    case 'deleted':
      throw deleted(stream);
    case 'bad-request':
      throw serverError(status.INVALID_ARGUMENT, result.message);
  }
}

function expectationOf(options: streams.AppendReq.Options): WireExpectation {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream-exists' : Number(options.getRevision());
}

function conflict(expected: WireExpectation, current: number | 'no-stream'): streams.AppendResp.WrongExpectedVersion {
  const report = new streams.AppendResp.WrongExpectedVersion();
  if (current === 'no-stream') report.setCurrentNoStream(new shared.Empty());
  else report.setCurrentRevision(String(current));
  if (expected === 'any') return report.setExpectedAny(new shared.Empty());
  if (expected === 'stream-exists') return report.setExpectedStreamExists(new shared.Empty());
  if (expected === 'no-stream') return report.setExpectedNoStream(new shared.Empty());
  return report.setExpectedRevision(String(expected));
}
