import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProblemDocument } from '@touchline/http';
import { visited } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { SigningKeys } from '../heads/head.js';
import { newKeys } from '../testing/recorded-log.js';
import type { Line } from '../testing/reseal.js';
import { reseal } from '../testing/reseal.js';
import { Tamperer } from '../testing/tamper.js';
import type { EvidenceEvent, EvidenceHeader } from './verify-evidence.js';
import { EvidenceFault, verifyEvidence } from './verify-evidence.js';

const SEED = randomBytes(32);

describe('evidence of a customer', () => {
  const api = useApi({ LOG_SIGNING_KEYS: `3:${SEED.toString('base64')}` });
  const keys = new SigningKeys([{ version: 3, key: SEED }]);
  const { publicKey } = keys.current;
  let customerId = '';
  let file: Buffer;
  let after = '';

  async function ask(login: string, query = ''): Promise<Response> {
    const { token } = await api.as(login);
    return fetch(`${api.url}/customers/${customerId}/evidence${query}`, { headers: { authorization: `Bearer ${token}` } });
  }
  const faultOf = (bytes: Uint8Array, key?: string): string | null => {
    try {
      verifyEvidence(bytes, key);
      return null;
    } catch (error) {
      if (!(error instanceof EvidenceFault)) throw error;
      return error.message;
    }
  };

  beforeAll(async () => {
    const li = await api.as('li');
    const seen = await visited(api, li, '138 0000 4711');
    customerId = seen.customerId!;
    // Others, so that the tree has more than these events.
    await visited(api, li, '138 0000 4712');
    const { journeyId } = seen;
    await li.record('/complaints/received', { occurredAt: api.now, journeyId, category: 'delivery', account: '交车晚了三天' });
    const looked = await li.record(`/customers/${customerId}/reveals`, { reason: '回访' });
    after = `?after=${looked.position!}`;
    file = Buffer.from(await (await ask('audit', after)).arrayBuffer());
  });

  it('holds, names the key, and tells the history', () => {
    const { header, events, summary } = verifyEvidence(file, publicKey);
    expect(header).toMatchObject({ tenant: 'dongfang', customer: customerId, sites: 'all', publicKey });
    expect(header.streams.map(({ stream }) => stream.split('-')[0]).sort()).toEqual(['complaint', 'customer', 'journey', 'reveals']);
    expect(events).toBe(header.streams.reduce((sum, stream) => sum + stream.events, 0));
    expect(header.head.treeSize).toBeGreaterThan(events);
    expect(summary.join('\n')).toMatch(/Customer .*\nMade .* by user .*\nLog .* events, root [0-9a-f]{64}[^]*complaint-received/);
  });

  it('has personal fields sealed, as they are stored', () => {
    const text = file.toString('utf8');
    for (const plain of ['00004711', '交车晚了三天', '回访']) expect(text).not.toContain(plain);
    // Its last digits, spaced or masked; by chance they stand within ids, hashes and what is sealed.
    expect(text).not.toMatch(/(?<![\w-])4711(?!\w)/);
    expect(text).toContain('"sealed":"v1.');
  });

  it('is for analysts, and for managers of the sites where the customer is known', async () => {
    expect((await ask('zhou', after)).status).toBe(200);
    expect((await ask('li')).status).toBe(403);
    expect((await ask('admin')).status).toBe(403);
    const { token } = await api.as('wang', 'huadong');
    const foreign = await fetch(`${api.url}/customers/${customerId}/evidence`, { headers: { authorization: `Bearer ${token}` } });
    expect([foreign.status, ((await foreign.json()) as ProblemDocument).code]).toEqual([404, 'customer.unknown']);
  });

  it('does not hold with any byte of it changed, taken out or put in', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.constantFrom('change', 'take', 'put', 'cut'), (place, by, how) => {
        const at = place % file.length;
        const bytes = Buffer.from(file);
        bytes[at] = bytes[at]! ^ by;
        const parts = {
          change: bytes,
          cut: file.subarray(0, at),
          take: without(file, at),
          put: Buffer.concat([file.subarray(0, at), Buffer.of(by), file.subarray(at)]),
        };
        expect(faultOf(parts[how])).not.toBeNull();
      }),
      { numRuns: 1_500 },
    );
  });

  it('does not hold where its lines were changed and signed anew, even with the very key', () => {
    const faultAfter = (change: (header: EvidenceHeader, events: EvidenceEvent[], lines: Line[]) => unknown): string | null => {
      const changed = reseal(file, keys, (lines) => {
        const events = lines.filter(({ kind }) => kind === 'event') as unknown as EvidenceEvent[];
        change(lines[0] as unknown as EvidenceHeader, events, lines);
        return lines;
      });
      return faultOf(changed, publicKey);
    };
    expect(faultAfter(() => undefined)).toBeNull();
    expect(faultAfter((_, events) => (events[1]!.type = 'other-thing'))).toMatch(/not what its hash was made over/);
    expect(faultAfter((_, events) => (events[0]!.metadata.occurredAt = '2020-01-01T00:00:00.000Z'))).toMatch(/not what its hash/);
    expect(faultAfter((_header, _events, lines) => lines.splice(1, 1))).toMatch(/not the one that comes next/);
    expect(faultAfter(({ streams }) => (streams.find(({ events }) => events > 1)!.events -= 1))).toMatch(/not the one that/);
    expect(faultAfter(({ streams }) => (streams[0]!.index += 1))).toMatch(/not proven to be in the log/);
    expect(faultAfter(({ head }) => (head.treeSize += 1))).toMatch(/log head is not signed/);
    expect(faultAfter((_header, _events, lines) => (lines.at(-1)!['lines'] as string[]).push('and more'))).toMatch(/summary does not tell/);
  });

  it('of somebody else, who has made it all up, is signed with another key', () => {
    const forger = newKeys();
    const forged = reseal(file, forger, ([first, ...rest]) => {
      const header = first as unknown as EvidenceHeader;
      const { signature: _, keyId: _id, format: _format, ...head } = header.head;
      return [{ ...header, publicKey: forger.current.publicKey, head: forger.signHead(head) }, ...rest.map((line) => retold(line, forger))];
    });
    expect(faultOf(forged, publicKey)).toMatch(/another key than the one given/);
  });

  it('is not handed out where the customer’s history was tampered with', async () => {
    const before = await api.platform.pool.query<{ data: string }>(`select data from event_log.events where stream like 'complaint-%'`);
    const tamper = new Tamperer(api.platform.pool);
    await tamper.run(`update event_log.events set data = replace(data, 'delivery', 'nothing') where stream like 'complaint-%'`);
    const refused = await ask('audit');
    expect([refused.status, ((await refused.json()) as ProblemDocument).code]).toEqual([409, 'log.broken']);
    await tamper.run(`update event_log.events set data = '${before.rows[0]!.data}' where stream like 'complaint-%'`);
    expect((await ask('audit')).status).toBe(200);
  });
});

const without = (bytes: Buffer, at: number): Buffer => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);

/** The summary names the key. */
function retold(line: Line, { current }: SigningKeys): Line {
  if (line.kind !== 'summary') return line;
  const lines = line['lines'] as string[];
  return { ...line, lines: lines.map((each) => each.replace(/with key [0-9a-f]{16}$/, `with key ${current.keyId}`)) };
}
