import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { CallFailure } from './call-failure.js';
import type { CallRunner } from './call-runner.js';
import { appendMessages } from './requests.js';

/** What the user of an address may do to streams of his log. */
export interface Rights {
  append: boolean;
  /** Soft or for good: what was recorded is no longer shown, and goes with a scavenge. */
  delete: boolean;
  /** By writing metadata that hides what was recorded. */
  cut: boolean;
}

/** Of our own, and never written to: every try names a revision at which nothing stands. */
const TRIED = 'touchline-log-rights';
const NOWHERE = 1_000_000;

/**
 * Tries each on a stream that is not there, at a revision that it does not have: the server asks who may before it asks where.
 * @throws CallFailure where it says neither
 */
export async function rightsOf(calls: CallRunner): Promise<Rights> {
  const append = (stream: string): Promise<void> =>
    calls.run((client, args) => {
      let sink: ReturnType<typeof client.append>;
      const settled = new Promise<void>((resolve, reject) => {
        sink = client.append(...args, (error) => (error === null ? resolve() : reject(error)));
        sink.on('error', reject);
        for (const message of appendMessages(stream, NOWHERE, [])) sink.write(message);
        sink.end();
      });
      return { settled, cancel: () => sink.cancel() };
    });
  const remove = (): Promise<void> =>
    calls.run((client, args) => {
      const name = new shared.StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(TRIED)));
      const options = new streams.DeleteReq.Options().setStreamIdentifier(name).setRevision(String(NOWHERE));
      let call: { cancel(): void } | undefined;
      const settled = new Promise<void>((resolve, reject) => {
        call = client.delete(new streams.DeleteReq().setOptions(options), ...args, (error) => (error === null ? resolve() : reject(error)));
      });
      return { settled, cancel: () => call?.cancel() };
    });
  return { append: await allowed(append(TRIED)), delete: await allowed(remove()), cut: await allowed(append(`$$${TRIED}`)) };
}

/** To be told that it is the wrong place is to be allowed. */
async function allowed(attempt: Promise<void>): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    if (error.reason === 'denied') return false;
    if (error.reason === 'conflict') return true;
    throw error;
  }
}
