import type { Fault } from './faults.js';

/** Everything that a walk over a log has found. */
export interface Findings {
  /** First break in the chain of a stream. */
  chain: Fault | null;
  /** First place where the log is not what the witness has. */
  parting: Fault | null;
  /** Streams that are not as far as the witness has them. */
  streams: readonly (Fault & { firstIndex: number })[];
  heads: readonly Fault[];
  /** So many events from the beginning on are as they were signed. */
  agreed: number;
}

/**
 * The faults, the first in the log ahead. What is signed counts more than what the witness says: where a head covers the
 * place at which the two part and agrees with the log, it is the witness that was changed.
 */
export function weigh({ chain, parting, streams, heads, agreed }: Findings): Fault[] {
  const noted = streams.map(({ firstIndex: _, ...fault }): Fault => fault);
  const isWitnessWrong = parting === null ? streams.length > 0 : parting.index !== null && parting.index < agreed;
  if (isWitnessWrong) return [...present(chain), ...heads, ...[...present(parting), ...noted].map(asWitnessFault)];
  if (parting === null) return [...present(chain), ...heads];
  const lost = parting.kind === 'event-missing' || parting.kind === 'log-cut' ? lostAt(parting, streams, chain) : null;
  const isChainFirst = chain !== null && isEarlier(chain, parting);
  const first = isChainFirst ? chain : (lost ?? parting);
  const others = [...(isChainFirst ? [parting] : present(chain)), ...noted];
  return [first, ...others.filter((fault) => !isSame(fault, first)), ...heads];
}

const present = (fault: Fault | null): Fault[] => (fault === null ? [] : [fault]);

const asWitnessFault = (fault: Fault): Fault => ({
  ...fault,
  kind: 'witness-differs',
  detail: `the log holds, but what was noted of it beside the heads does not agree: ${fault.detail}`,
});

/** Of two faults of one event, the one that was altered says more than that it is another. */
function isEarlier(chain: Fault, parting: Fault): boolean {
  const [at, apart] = [chain.index ?? 0, parting.index ?? 0];
  return at < apart || (at === apart && chain.kind === 'event-altered' && parting.kind === 'event-rewritten');
}

const isSame = (a: Fault, b: Fault): boolean => a.kind === b.kind && a.stream === b.stream && a.revision === b.revision;

/** Whose events are missing at this place, where that can be told. */
function lostAt(parting: Fault, streams: Findings['streams'], chain: Fault | null): Fault | null {
  const stream =
    streams.find(({ firstIndex }) => firstIndex === parting.index) ?? streams.find(({ kind }) => kind === 'stream-cut') ?? streams[0];
  const place = { index: parting.index, position: parting.position, eventId: null, type: null };
  if (stream !== undefined) {
    const { kind, stream: name, revision, detail } = stream;
    return { ...place, kind, stream: name, revision, detail: `${detail}; ${parting.detail}` };
  }
  if (chain?.kind !== 'event-missing') return null;
  return { ...place, kind: 'event-missing', stream: chain.stream, revision: chain.revision, detail: `${chain.detail}; ${parting.detail}` };
}
