import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyLog } from '@touchline/audit/verify-log.js';
import { projections } from '@touchline/projections';
import { rebuilt } from '@touchline/projections/testing/rebuilt.js';
import { eventually } from '../eventually.js';
import { useDatabase } from '../postgres.js';
import { certified } from '../certificate/certified.js';
import { effort, seedOf } from '../effort.js';
import type { Chance } from './chance.js';
import { chanceFrom } from './chance.js';
import { dump, findings } from './dump.js';
import { rowsOf } from './snapshot.js';
import type { Acknowledged, Sender } from './workload.js';
import { untilAnswered } from './workload.js';
import type { World } from './world.js';
import { openWorld, supervise, writeImport } from './world.js';
import { newSecrets } from '../secrets.js';

const ERASED = effort(50, 6);
const PEOPLE = ERASED + 3;
const GIVEN_UP_AFTER_MS = 180_000 + ERASED * 10_000;

interface Someone {
  customerId: string;
  /** What is known of them, in every form it was given or is kept in. */
  words: string[];
}

describe('erasures, killed in the middle again and again', () => {
  const seed = seedOf('erasures');
  const points = certified({
    ...{ name: 'erasures', seed, rulesOut: ['lost', 'doubled'] },
    does: 'kill -9 of the API while it erases somebody, before the erasure is begun, in its middle or after it',
    checks:
      'nothing of whoever was erased stands in any table, log or copy, and all of everybody else does; each erasure is told once; the ' +
      'proofs hold; rows are those of a rebuild',
  });
  const database = useDatabase();
  let folder: string;
  let world: World;
  let sender: Sender;
  let logs = '';
  const ended = new AbortController();
  let supervised: Promise<void> | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-erasure-'));
    const source = await writeImport(folder, 1);
    world = await openWorld({ databaseUrl: database.url, secrets: newSecrets(), folder, ...source });
    for (const each of [world.api, ...world.projectors]) each.onOutput = (text) => (logs += text);
    supervised = supervise([world.api, ...world.projectors], ended.signal);
    sender = world.sender(AbortSignal.timeout(GIVEN_UP_AFTER_MS));
  });
  afterAll(async () => {
    ended.abort();
    await supervised;
    for (const each of [world.api, ...world.projectors]) await each.kill();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  const send = (login: string, path: string, body: Record<string, unknown>, key: string) =>
    untilAnswered(sender, { login, path, body, key });

  /** Somebody with everything that can be known of a person, each in words that nobody else has. */
  async function make(index: number): Promise<Someone> {
    const number = `1370000${String(4_000 + index)}`;
    const word = (what: string): string => `${what}甲乙丙丁${index}号`;
    const occurredAt = '2026-03-01T02:00:00Z';
    const key = (step: string): string => `erased-${index}-${step}`;
    const person = { phone: `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`, name: word('姓名') };
    const visit = { occurredAt, siteId: 'pudong', person, batchSize: 1, first: true, contactTaken: true };
    const received = await send('li', '/visits/received', { ...visit, note: word('备注'), homeDistrict: word('小区') }, key('visit'));
    const { customerId = '', journeyId } = received;
    const details = { address: word('地址'), employer: word('单位'), family: word('家庭'), note: word('记事') };
    await send('li', `/customers/${customerId}/details`, details, key('details'));
    await send('li', `/customers/${customerId}/reveals`, { reason: word('看过') }, key('reveal'));
    const needs = { occurredAt, journeyId, kind: 'needs-recorded', fields: { presentCar: word('现车') } };
    await send('li', '/touchpoints', needs, key('needs'));
    const complaint = { occurredAt, journeyId, category: 'delivery', account: word('原文'), wish: word('诉求') };
    await send('li', '/complaints/received', complaint, key('complaint'));
    const call = { occurredAt, siteId: 'pudong', contactTaken: false, note: word('未留资'), asked: [word('咨询')] };
    const { contactId } = await send('li', '/calls/received', call, key('call'));
    await send('li', '/contacts/tied', { occurredAt, contactId, journeyId, note: word('归入') }, key('tie'));
    const whats = ['姓名', '备注', '小区', '地址', '单位', '家庭', '记事', '看过', '原文', '诉求', '未留资', '咨询', '归入', '现车'];
    return { customerId, words: [number, person.phone, `+86${number}`, ...whats.map(word)] };
  }

  const erasureOf = ({ customerId }: Someone): Omit<Acknowledged, 'answer'> => ({
    ...{ login: 'admin', path: `/customers/${customerId}/erasure`, key: `erase-${customerId}` },
    body: { askedBy: 'person', reason: 'asked' },
  });

  /** Sends an erasure, and kills the API while it is at it; what became of it then. */
  async function cutShort(someone: Someone, chance: Chance, onceBegun: boolean): Promise<'before' | 'between' | 'after'> {
    const { api, platform } = world;
    await eventually(() => api.ready);
    const giveUp = new AbortController();
    const sent = untilAnswered({ ...sender, signal: giveUp.signal }, erasureOf(someone)).catch(() => null);
    const { erasures } = platform.erasing;
    const { customerId } = someone;
    if (onceBegun) await eventually(() => erasures.of('dongfang', customerId));
    await delay(chance.below(onceBegun ? 15 : 300));
    await points.kill(api);
    giveUp.abort();
    await sent;
    const begun = await erasures.of('dongfang', customerId);
    return begun === null ? 'before' : begun.completed ? 'after' : 'between';
  }

  it('leave nothing of anybody in the database, the logs and the copies, and nothing else is lost', async () => {
    const { platform } = world;
    const people: Someone[] = [];
    for (let index = 0; index < PEOPLE; index += 1) people.push(await make(index));
    await world.caughtUp();
    const [gone, stay] = [people.slice(0, ERASED), people.slice(ERASED)];
    const wordsOf = (some: readonly Someone[]): string[] => some.flatMap(({ words }) => words);
    // Names stand in the one view that may hold them: what is looked for below would be found.
    expect(findings(await dump(platform.pool), [gone[0]!.words[3]!])).toEqual([
      expect.stringMatching(/^person_directory_v3_1\.person_directory/),
    ]);

    const chance = chanceFrom(seed);
    const kills = { before: 0, between: 0, after: 0 };
    for (const [index, someone] of gone.entries()) {
      // Mostly once it has begun: the moments before are many, and nothing has happened in any of them.
      const state = await cutShort(someone, chance, index % 5 < 4);
      kills[state] += 1;
      if (state === 'before') continue;
      // From its beginning nothing can be read of them, whatever is left to do.
      const events = await platform.services.deps.streams.events(`customer-dongfang.${someone.customerId}`);
      expect(JSON.stringify(await platform.sealing.open(events))).not.toContain(someone.words[3]);
      // Some are asked again, the others are taken up when their timer is due.
      if (index % 2 === 0) await untilAnswered(sender, erasureOf(someone));
      else await eventually(async () => (await platform.erasing.erasures.of('dongfang', someone.customerId))?.completed === true, 60_000);
    }
    process.stdout.write(`erasures: ${JSON.stringify(kills)}\n`);
    expect(kills.between).toBeGreaterThanOrEqual(Math.floor(ERASED / 2));
    const receipts = [];
    for (const someone of gone) receipts.push(await untilAnswered(sender, erasureOf(someone)));
    expect(receipts).toMatchObject(gone.map(({ customerId }) => ({ customerId, receipt: { customerId, identifiers: 1, complete: true } })));
    expect(await platform.erasing.erasures.underWay()).toEqual([]);
    await world.caughtUp();

    const texts = await dump(platform.pool);
    for (const { customerId } of gone) texts.set(`copy of ${customerId}`, await copyOf(customerId));
    texts.set('logs', logs);
    expect(findings(texts, wordsOf(gone))).toEqual([]);
    expect(findings(texts, wordsOf(stay)).filter((place) => !/^person_directory_v3_1\.person_directory: (姓名|\+86)/.test(place))).toEqual(
      [],
    );
    expect(await copyOf(stay[0]!.customerId)).toContain(stay[0]!.words[3]);

    // Nothing was told twice, nothing is missing, and the proofs hold.
    const told = new Map<string, number>();
    for await (const { type } of platform.store.readAll()) told.set(type, (told.get(type) ?? 0) + 1);
    expect([told.get('customer-erased'), told.get('identifier-released'), told.get('visit-received')]).toEqual([ERASED, ERASED, PEOPLE]);
    expect([told.get('erasure-begun'), told.get('erasure-completed')]).toEqual([ERASED, ERASED]);
    expect(await verifyLog(platform.store)).toMatchObject({ holds: true, fault: null });

    const live = await rowsOf(platform);
    const builds = await rebuilt(platform);
    expect(builds.map(({ projection, report }) => [projection, report?.outcome])).toEqual(projections.map(({ name }) => [name, 'equal']));
    expect(await rowsOf(platform)).toEqual(live);
    expect(findings(await dump(platform.pool), wordsOf(gone))).toEqual([]);
  }, 760_000);

  async function copyOf(customerId: string): Promise<string> {
    const copies = ['json', 'html'].map(async (format) => {
      const path = `/customers/${customerId}/export?reason=test&format=${format}`;
      const response = await fetch(`${sender.url}${path}`, { headers: { authorization: `Bearer ${await sender.token('admin')}` } });
      expect(response.status).toBe(200);
      return response.text();
    });
    return (await Promise.all(copies)).join('\n');
  }
});
