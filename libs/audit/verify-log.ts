import type { Position } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import { ChainWalk } from './check-chain.js';
import type { Witness } from './check-witness.js';
import { WitnessCheck } from './check-witness.js';
import type { Fault } from './faults.js';
import { HiddenStreams, placeOf } from './faults.js';
import { HeadChecks } from './heads/check-heads.js';
import type { KnownHead } from './heads/head.js';
import { MerkleTree, leafHash } from './merkle.js';
import type { Findings } from './weigh-faults.js';
import { weigh } from './weigh-faults.js';

export interface VerifyOptions {
  /** Heads to hold the log against, in any order. */
  heads?: readonly KnownHead[];
  witness?: Witness | null;
  /** Ends the walk; the verdict then says so. */
  signal?: AbortSignal;
  /** Called for every event. */
  onEvent?: () => void;
}

export interface LogVerdict {
  logId: string;
  holds: boolean;
  events: number;
  streams: number;
  /** Events of others who share the log's server; they were passed over. */
  foreign: number;
  /** Position of the last event. */
  position: Position | null;
  /** Root over all events, hex. */
  root: string;
  /** Heads that the log was held against, and how many of them agree. */
  heads: { checked: number; agree: number };
  /** The first event that does not hold; null where all do. */
  fault: Fault | null;
  /** What else was found. */
  also: Fault[];
  interrupted: boolean;
}

const MOST_NAMED = 20;

/**
 * Walks the whole log and holds every event against its own hash, against the one before it in its stream, against what
 * was noted of it, and the log as a whole against its signed heads (ADR 0014). Memory grows by some 70 bytes a stream.
 */
export async function verifyLog(store: EventStore, options: VerifyOptions = {}): Promise<LogVerdict> {
  const { heads = [], witness = null, signal, onEvent } = options;
  const chains = new ChainWalk();
  const tree = new MerkleTree();
  const headChecks = new HeadChecks(heads);
  const noted = witness === null ? null : new WitnessCheck(witness);
  let position: Position | null = null;
  const hidden = new HiddenStreams();
  let foreign = 0;
  for await (const event of store.readAll({ onDamage: hidden.see, onForeign: () => (foreign += 1) })) {
    if (signal?.aborted) break;
    const index = tree.size;
    const leaf = leafHash(chains.add(index, event));
    if (noted?.isBehind(index)) await noted.load(index);
    noted?.see(index, leaf, () => placeOf(index, event));
    tree.append(leaf);
    headChecks.reached(tree);
    position = event.position;
    onEvent?.();
  }
  const interrupted = signal?.aborted ?? false;
  const ended = interrupted ? null : await sinceEnd(noted, chains, headChecks, tree.size);
  const broken = ended === null ? [chains.fault].filter((each) => each !== null) : weigh(ended);
  const [fault = null, ...also] = [...broken, ...hidden.faults];
  return {
    logId: await store.logId(),
    holds: fault === null && !interrupted,
    events: tree.size,
    streams: chains.ends.size,
    foreign,
    position,
    root: tree.root().toString('hex'),
    heads: headChecks.counts(),
    fault,
    also: also.slice(0, MOST_NAMED),
    interrupted,
  };
}

/** What only the end of the log shows. */
async function sinceEnd(noted: WitnessCheck | null, chains: ChainWalk, heads: HeadChecks, events: number): Promise<Findings> {
  const streams: (Fault & { firstIndex: number })[] = [];
  await noted?.end();
  if (noted !== null)
    for await (const fault of noted.streamFaults(chains.ends)) {
      // One more may be the one whose first event is missing first; beyond that the list is for people.
      if (streams.length < MOST_NAMED) streams.push(fault);
    }
  return { chain: chains.fault, parting: noted?.fault() ?? null, streams, heads: heads.faults(events), agreed: heads.agreed };
}
