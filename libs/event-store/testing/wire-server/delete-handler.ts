import streams from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerUnaryCall } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { NONE_LEFT, TOMBSTONE } from './hidden.js';
import { serverError } from './server-error.js';
import type { ServerState } from './server-state.js';
import { writeAnywhere } from './write.js';

interface Options {
  getStreamIdentifier(): { getStreamName_asU8(): Uint8Array } | undefined;
  hasRevision(): boolean;
  getRevision(): string;
}

/** Streams.Delete: soft, by metadata that leaves no event to show. What was written stays in $all. */
export async function softDelete(state: ServerState, call: ServerUnaryCall<streams.DeleteReq, unknown>): Promise<streams.DeleteResp> {
  const stream = await streamToDelete(state, call, call.request.getOptions());
  const { commit } = await writeAnywhere(state, `$$${stream}`, event('$metadata', `{"$tb":${NONE_LEFT}}`));
  const place = new streams.DeleteResp.Position().setCommitPosition(String(commit)).setPreparePosition(String(commit));
  return new streams.DeleteResp().setPosition(place);
}

/** Streams.Tombstone: for good. */
export async function tombstone(state: ServerState, call: ServerUnaryCall<streams.TombstoneReq, unknown>): Promise<streams.TombstoneResp> {
  const stream = await streamToDelete(state, call, call.request.getOptions());
  const { commit } = await writeAnywhere(state, stream, event(TOMBSTONE, ''));
  const place = new streams.TombstoneResp.Position().setCommitPosition(String(commit)).setPreparePosition(String(commit));
  return new streams.TombstoneResp().setPosition(place);
}

const event = (type: string, data: string) => ({ id: randomUUID(), type, data, metadata: '' });

async function streamToDelete(state: ServerState, call: ServerUnaryCall<unknown, unknown>, options?: Options): Promise<string> {
  await state.answering();
  state.checkLeader(call.metadata);
  const stream = Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
  state.checkRight('delete', stream, call.metadata);
  if (state.log.shown(stream).kind === 'tombstoned') throw deleted(stream);
  const last = (state.log.stream(stream)?.length ?? 0) - 1;
  if (options?.hasRevision() && Number(options.getRevision()) !== last)
    throw serverError(status.FAILED_PRECONDITION, `Append failed due to WrongExpectedVersion. Stream: ${stream}`, {
      exception: 'wrong-expected-version',
      ...{ 'stream-name': stream, 'expected-version': options.getRevision(), 'actual-version': String(last) },
    });
  return stream;
}

/** What the server answers whoever asks for a tombstoned stream. */
export const deleted = (stream: string) =>
  serverError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });
