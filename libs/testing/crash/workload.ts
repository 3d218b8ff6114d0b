import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { RecordedAnswer } from '@touchline/http';
import type { Chance } from './chance.js';

/** One command of the workload; `body` is made of the answers to the ones before it, of the same customer. */
interface Step {
  key: string;
  login: string;
  path: string;
  body: (before: readonly RecordedAnswer[]) => Record<string, unknown>;
}

/** What was acknowledged: the request, and the answer that must never change. */
export interface Acknowledged {
  login: string;
  path: string;
  key: string;
  body: Record<string, unknown>;
  answer: RecordedAnswer;
}

const at = (day: number, minute: number): string => new Date(Date.UTC(2026, 2, 1 + day, 2, minute)).toISOString();
const CONSULTANTS = ['li', 'chen'];

/** Commands of each customer in order; customers know nothing of each other, so every order of theirs ends the same. */
export function workload(chance: Chance, customers: number): Step[][] {
  return Array.from({ length: customers }, (_, index) => storyOf(chance, index));
}

function storyOf(chance: Chance, index: number): Step[] {
  const owner = chance.pick(CONSULTANTS);
  const steps: Step[] = [];
  const journeyId = (before: readonly RecordedAnswer[]): string | undefined => before[0]?.journeyId;
  const add = (login: string, path: string, body: Step['body']): void => {
    steps.push({ key: `crash-${index}-${steps.length}`, login, path, body });
  };
  const on = (path: string, more: Record<string, unknown>, login = owner): void => {
    const occurredAt = at(steps.length, index % 60);
    add(login, path, (before) => ({ journeyId: journeyId(before), occurredAt, ...more }));
  };
  const person = { name: `顾客${index}`, phone: `138${String(10_000_000 + index)}` };
  add(owner, '/calls/received', () => ({
    occurredAt: at(0, index % 60),
    siteId: 'pudong',
    person,
    contactTaken: true,
    rings: 1 + (index % 5),
  }));
  on('/visits/received', { batchSize: 2, first: true, contactTaken: true, note: `第一次到店 ${index}` });
  // Another name at the number, which raises a question.
  if (index % 5 === 0)
    add(owner, '/calls/received', () => ({
      ...{ occurredAt: at(2, index % 60), siteId: 'pudong', contactTaken: true },
      person: { ...person, name: `家人${index}` },
    }));
  for (let calls = chance.below(3); calls > 0; calls -= 1) on('/calls/made', { reached: chance.below(2) === 0, note: '回访' });
  const corrected = steps.length - 1;
  if (chance.below(2) === 0) {
    const quoted = steps.length;
    on('/quotes/issued', { price: { amount: 20_000_000 + index, currency: 'CNY' } });
    const next = chance.pick(['revised', 'corrected', 'stands']);
    if (next === 'revised') on('/quotes/revised', { price: { amount: 19_000_000 + index, currency: 'CNY' } });
    if (next === 'corrected')
      add('zhou', '/quotes/issued', (before) => ({
        journeyId: journeyId(before),
        occurredAt: at(quoted, 59),
        price: { amount: 21_000_000 + index, currency: 'CNY' },
        corrects: before[quoted]?.eventId,
      }));
  }
  if (chance.below(3) === 0) on('/journeys/lost', { kind: 'gave-up' });
  else if (chance.below(2) === 0)
    // Late: it happened before everything else, and makes every view fold the journey anew.
    add(owner, '/calls/made', (before) => ({ journeyId: journeyId(before), occurredAt: at(-1, corrected), reached: true }));
  if (chance.below(4) === 0) {
    const complaint = steps.length;
    on('/complaints/received', { category: 'delivery', account: `交车晚了 ${index}` });
    const complaintId = (before: readonly RecordedAnswer[]): string | undefined => before[complaint]?.complaintId;
    add('zhou', '/complaints/acknowledged', (before) => ({ complaintId: complaintId(before), occurredAt: at(complaint + 1, 0) }));
  }
  add('zhou', '/calls/received', () => ({ occurredAt: at(30, index % 60), siteId: 'pudong', contactTaken: false }));
  return steps;
}

export interface Sender {
  url: string;
  token: (login: string) => Promise<string>;
  /** Ends the sending when the run is given up. */
  signal: AbortSignal;
}

/**
 * Sends every customer's commands, some customers at once, each command with its one key until it is answered; and from
 * then on, `meanwhile`, commands that were answered, once more.
 */
export async function sendAll(
  sender: Sender,
  stories: readonly Step[][],
  atOnce: number,
  meanwhile: () => boolean,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const waiting = [...stories];
  const work = async (): Promise<void> => {
    for (let story = waiting.shift(); story !== undefined; story = waiting.shift()) {
      const answers: RecordedAnswer[] = [];
      for (const { body, ...step } of story) {
        const request = { ...step, body: body(answers) };
        const answer = await untilAnswered(sender, request);
        answers.push(answer);
        acknowledged.push({ ...request, answer });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  for (let next = 0; meanwhile(); next = (next + 1) % acknowledged.length) {
    const { answer, ...request } = acknowledged[next]!;
    const again = await untilAnswered(sender, request);
    if (!isDeepStrictEqual(again, answer)) throw new RefusalOfWorkload(`${request.key} was answered twice, and differently`);
  }
  return acknowledged;
}

/** What a careful client does: no answer, or one that says "try again", and the same key goes out again. */
export async function untilAnswered(sender: Sender, request: Omit<Acknowledged, 'answer'>): Promise<RecordedAnswer> {
  for (;;) {
    sender.signal.throwIfAborted();
    const answered = await send(sender, request).catch((error: unknown) => {
      if (isRefusal(error)) throw error;
      return null;
    });
    if (answered !== null) return answered;
    await delay(20);
  }
}

class RefusalOfWorkload extends Error {}
const isRefusal = (error: unknown): boolean => error instanceof RefusalOfWorkload;

async function send({ url, token, signal }: Sender, request: Omit<Acknowledged, 'answer'>): Promise<RecordedAnswer | null> {
  const response = await fetch(url + request.path, {
    method: 'POST',
    signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
    headers: {
      authorization: `Bearer ${await token(request.login)}`,
      'content-type': 'application/json',
      'idempotency-key': request.key,
    },
    body: JSON.stringify(request.body),
  });
  const text = await response.text();
  if (response.status === 201) return JSON.parse(text) as RecordedAnswer;
  if (response.status >= 500 || response.status === 408 || text.includes('"stream.contended"')) return null;
  throw new RefusalOfWorkload(`${request.path} was refused with ${response.status}: ${text}`);
}
