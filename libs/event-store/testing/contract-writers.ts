import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EventMetadata, JsonObject } from '@touchline/core';
import {
  CachedStreamRepository,
  EventRegistry,
  chainLink,
  type CommandOutcome,
  type EventStore,
  handleCommand,
  type Sealing,
} from '@touchline/event-store';
import { certified } from '@touchline/testing/certificate/certified.js';
import { effort } from '@touchline/testing/effort.js';
import { collect, type EventLogUnderTest } from './contract-log.js';
import {
  depsOn,
  newNotebook,
  noSealing,
  noteTaken,
  type Note,
  notebook,
  type Notebook,
  noteOrder,
  type NotebookOrder,
} from './notebook.js';

/** How often two writers meet; thousands where somebody asks for them. */
const ROUNDS = Number(process.env['TOUCHLINE_ROUNDS'] ?? effort(200, 40));

/** A notebook without a last page. */
const endless: Notebook = { ...notebook, decide: (_, command, context) => notebook.decide([], command, context) };
/** Random, as sealing is: every try has bytes of its own. */
const random: Sealing = { seal: ({ data }) => Promise.resolve({ ...data, nonce: randomUUID() }) };

type Meeting = (stream: string, round: number) => [NotebookOrder, NotebookOrder];

const taking = (stream: string, text: string): NotebookOrder => ({ ...noteOrder(stream, { texts: [text] }), decider: endless });

/** One request that was sent twice. */
const sameRequest: Meeting = (stream, round) => {
  const order = taking(stream, `round ${round}`);
  return [order, order];
};

/** Two requests under one key. */
const oneKey: Meeting = (stream, round) => {
  const [one, other] = [taking(stream, `round ${round}`), taking(stream, `other ${round}`)];
  return [one, { ...other, request: { ...other.request, commandId: one.request.commandId } }];
};

const strangers: Meeting = (stream, round) => [taking(stream, `one ${round}`), taking(stream, `other ${round}`)];

/** What a process of its own decides with. */
function writerOn(store: EventStore, sealing: Sealing) {
  const registry = new EventRegistry([noteTaken]);
  const streams = new CachedStreamRepository(store, registry);
  const deps = depsOn(store, { sealing, registry, streams });
  return {
    take: (order: NotebookOrder): Promise<CommandOutcome> => handleCommand(deps, order),
    held: (stream: string) => streams.folded.of(stream),
  };
}

export function writersContract(driver: string, log: () => EventLogUnderTest): void {
  const points = certified({
    ...{ name: `writers: ${driver}`, rulesOut: ['doubled', 'out of order'] },
    does: 'two writers, as of two processes, meet at one stream: with one request, two requests under one key, or two requests',
    checks:
      'each stream is one chain; each command stands there once, as every answer to it said; what a writer holds is never beside the log',
  });
  describe('two writers, as of two processes', () => {
    it.each<[string, Meeting, Sealing]>([
      ['one request, sent to both, in bytes of their own', sameRequest, random],
      ['one request, sent to both, in the same bytes', sameRequest, noSealing],
      ['two requests under one key', oneKey, random],
      ['two requests', strangers, random],
    ])(
      'hold what the log holds, on one chain: %s',
      async (name, meeting, sealing) => {
        const second = await log().another();
        try {
          const writers = [writerOn(log().store, sealing), writerOn(second, sealing)] as const;
          const streams = [newNotebook(), newNotebook(), newNotebook()];
          const told = new Map<string, Set<string>>();
          for (let round = 0; round < ROUNDS; round += 1) {
            const stream = streams[round % streams.length]!;
            // Now and then one of them writes alone, so that the other holds what is behind.
            if (round % 4 === 3) await writers[round % 2]!.take(taking(stream, `alone ${round}`));
            const orders = meeting(stream, round);
            const outcomes = await Promise.all(writers.map((writer, index) => writer.take(orders[index]!)));
            points.met(name);
            for (const [index, outcome] of outcomes.entries()) {
              if (outcome.kind === 'recorded') note(told, orders[index]!, outcome);
              else expect(outcome.refusals.map(({ code }) => code)).toEqual(['idempotency.key-reused']);
            }
            await expectHeldAsStored(log().store, stream, writers);
          }
          for (const stream of streams) await expectOneChain(log().store, stream, told);
        } finally {
          await second.close();
        }
      },
      300_000,
    );
  });
}

/** Keeps which events answered which request. */
function note(told: Map<string, Set<string>>, { request }: NotebookOrder, outcome: CommandOutcome & { kind: 'recorded' }): void {
  const answer = JSON.stringify([outcome.revision, outcome.events.map(({ id, meta }) => [id, meta.hash, meta.requestHash])]);
  told.set(request.commandId, (told.get(request.commandId) ?? new Set()).add(answer));
}

/** Held streams may be behind the log, never beside it. */
async function expectHeldAsStored(
  store: EventStore,
  stream: string,
  writers: readonly { held(stream: string): ReturnType<CachedStreamRepository['folded']['of']> }[],
): Promise<void> {
  const stored = await collect(store.readStream(stream));
  for (const writer of writers) {
    const held = writer.held(stream);
    if (held?.last === undefined) continue;
    const { revision, position, hash } = held.last;
    const there = stored[revision];
    expect([revision, position, hash]).toEqual([there?.revision, there?.position, metaOf(there?.metadata).hash]);
    const texts = stored.slice(0, revision + 1).map(({ data }) => (JSON.parse(data) as Note).text);
    expect(held.stateOf(endless.fold)).toEqual(texts);
  }
}

const metaOf = (text = '{}'): EventMetadata => JSON.parse(text) as EventMetadata & JsonObject;

/** Every event follows the one before, and each command stands once, as every answer to it said. */
async function expectOneChain(store: EventStore, stream: string, told: ReadonlyMap<string, Set<string>>): Promise<void> {
  const stored = await collect(store.readStream(stream));
  let previous = '';
  for (const event of stored) {
    const { hash, previousHash, holds } = chainLink(event);
    expect([event.revision, previousHash, holds]).toEqual([event.revision, previous, true]);
    previous = hash;
  }
  const commands = stored.map(({ metadata }) => metaOf(metadata).commandId);
  expect(new Set(commands).size).toBe(commands.length);
  for (const { id, revision, metadata } of stored) {
    const { commandId, hash, requestHash } = metaOf(metadata);
    const answers = told.get(commandId);
    if (answers !== undefined) expect([...answers]).toEqual([JSON.stringify([revision, [[id, hash, requestHash]]])]);
  }
}
