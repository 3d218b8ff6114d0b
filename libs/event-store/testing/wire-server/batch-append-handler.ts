import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Message } from 'google-protobuf';
import { serverError } from './server-error.js';
import { NOT_READY, type ServerState } from './server-state.js';
import { checkMessageSize, write, type ProposedMessage, type WireExpectation, type WriteResult } from './write.js';

type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

interface Pending {
  options: streams.BatchAppendReq.Options;
  messages: ProposedMessage[];
}

/** Streams.BatchAppend: appends in parts, told apart by correlation id; every refusal is an answer with a packed detail. */
export async function batchAppend(state: ServerState, call: BatchCall): Promise<void> {
  if (!state.takesBatches) throw serverError(status.UNIMPLEMENTED, 'Method is unimplemented.');
  state.checkLeader(call.metadata);
  const pending = new Map<string, Pending>();
  const writes: Promise<void>[] = [];
  for await (const request of call as AsyncIterable<streams.BatchAppendReq>) {
    const correlation = request.getCorrelationId()!;
    const key = correlation.getString();
    const options = request.getOptions();
    if (options !== undefined) pending.set(key, { options, messages: [] });
    const append = pending.get(key);
    if (append === undefined) continue;
    request.getProposedMessagesList().forEach(checkMessageSize);
    append.messages.push(...request.getProposedMessagesList());
    if (!request.getIsFinal()) continue;
    pending.delete(key);
    writes.push(state.round('batchAppend', () => answer(state, call, correlation, append)));
  }
  await Promise.all(writes);
}

async function answer(state: ServerState, call: BatchCall, correlation: shared.UUID, { options, messages }: Pending): Promise<void> {
  await state.answering();
  const identifier = options.getStreamIdentifier()!;
  const response = new streams.BatchAppendResp().setCorrelationId(correlation).setStreamIdentifier(identifier);
  const stream = Buffer.from(identifier.getStreamName_asU8()).toString('utf8');
  if (state.starting || !isAllowed(state, stream, call)) {
    const details = new any.Any();
    details.pack(new empty.Empty().serializeBinary(), state.starting ? 'google.protobuf.Empty' : 'event_store.client.AccessDenied');
    call.write(response.setError(new statuses.Status().setMessage(state.starting ? NOT_READY : 'Access Denied').setDetails(details)));
    return;
  }
  const expected = expectationOf(options);
  const result = await write(state, stream, expected, messages);
  await state.answering();
  if (result.kind === 'written') response.setSuccess(success(result.last));
  else response.setError(refusal(state, expected, result));
  if (!call.cancelled) call.write(response);
}

function isAllowed(state: ServerState, stream: string, { metadata }: BatchCall): boolean {
  try {
    state.checkRight('append', stream, metadata);
    return true;
  } catch {
    return false;
  }
}

function expectationOf(options: streams.BatchAppendReq.Options): WireExpectation {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream-exists' : Number(options.getStreamPosition());
}

function success(last: { revision: number; commit: bigint }): streams.BatchAppendResp.Success {
  const position = new shared.AllStreamPosition().setCommitPosition(String(last.commit)).setPreparePosition(String(last.commit));
  return new streams.BatchAppendResp.Success().setCurrentRevision(String(last.revision)).setPosition(position);
}

function refusal(state: ServerState, expected: WireExpectation, result: Exclude<WriteResult, { kind: 'written' }>): statuses.Status {
  switch (result.kind) {
    case 'conflict':
      return packed('WrongExpectedVersion', conflict(expected, result.current));
    case 'too-large':
      return packed('MaximumAppendSizeExceeded', new shared.MaximumAppendSizeExceeded().setMaxappendsize(state.settings.maxAppendBytes));
    case 'deleted':
      return packed('StreamDeleted', new empty.Empty());
    case 'bad-request':
      return packed('BadRequest', new shared.BadRequest().setMessage(result.message));
  }
}

function packed(name: string, detail: Message): statuses.Status {
  const details = new any.Any();
  details.pack(detail.serializeBinary(), `event_store.client.${name}`);
  return new statuses.Status().setMessage(name).setDetails(details);
}

function conflict(expected: WireExpectation, current: number | 'no-stream'): shared.WrongExpectedVersion {
  const report = new shared.WrongExpectedVersion();
  if (current === 'no-stream') report.setCurrentNoStream(new empty.Empty());
  else report.setCurrentStreamRevision(String(current));
  if (expected === 'any') return report.setExpectedAny(new empty.Empty());
  if (expected === 'stream-exists') return report.setExpectedStreamExists(new empty.Empty());
  if (expected === 'no-stream') return report.setExpectedNoStream(new empty.Empty());
  return report.setExpectedStreamPosition(String(expected));
}
