import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import { ensureTopics, kafkaClient } from '@touchline/kafka';
import { intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import type { Collected } from '@touchline/observability/testing/collector.js';
import { endedInTime, startCollector } from '@touchline/observability/testing/collector.js';
import { projections } from '@touchline/projections';
import { consumeAll } from '@touchline/relay/testing/consumer.js';
import { untilTold, whileRelaying, withTopics } from '@touchline/relay/testing/relay-on.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { post, untilTaken, whileTaking } from './testing/intake-on.js';
import { binary } from './testing/messages.js';

const collector = await startCollector();
const hanging = await startCollector({ hangs: true });
afterAll(() => Promise.all([collector.close(), hanging.close()]));

const newTrace = () => {
  const [traceId, caller] = [randomUUID().replaceAll('-', ''), randomUUID().replaceAll('-', '').slice(16)];
  return { traceId, caller, traceparent: `00-${traceId}-${caller}-01` };
};

const spansOf = (traceId: string): Collected[] => collector.spans.filter((span) => span.traceId === traceId);

/** Spans of a trace by name, once all of these are there; spans go off every few seconds. */
const inTrace = (traceId: string, ...names: string[]): Promise<Map<string, Collected>> =>
  eventually(() => {
    const spans = new Map(spansOf(traceId).map((span) => [span.name, span]));
    return names.every((name) => spans.has(name)) && spans;
  });

const projecting = projections.map(({ name }) => `project ${name}`);

describe('what a request leads to', () => {
  const api = useApi({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
  const person = { name: '王芳', phone: '138 0000 7301' };
  const call = { occurredAt: '2026-05-30T02:00:00Z', siteId: 'pudong', contactTaken: true, person, note: '想看六座' };

  it('is one trace: the request, its statements, the append, and every read model that has it', async () => {
    const { traceId, caller, traceparent } = newTrace();
    const recorded = await (await api.as('li')).record('/calls/received', call, { traceparent });
    const spans = await inTrace(traceId, 'POST /calls/received', 'append journey', 'append customer', 'INSERT', ...projecting);
    const request = spans.get('POST /calls/received')!;
    expect(request).toMatchObject({ parentSpanId: caller, isError: false });
    expect(request.attributes).toEqual({
      ...{ 'http.request.method': 'POST', 'url.scheme': 'http', 'http.route': '/calls/received' },
      'http.response.status_code': 201,
    });
    for (const [name, { parentSpanId }] of spans) if (name !== request.name) expect([name, parentSpanId]).toEqual([name, request.spanId]);
    expect(spans.get('append journey')?.attributes).toEqual({
      ...{ 'db.system.name': 'postgresql', 'db.operation.name': 'append', 'db.collection.name': 'journey' },
      'touchline.events': 3,
    });
    expect(spans.get('INSERT')?.attributes['db.query.text']).toMatch(/^\s*insert into touchline\./);
    expect(spans.get('project customer-timeline')?.attributes).toMatchObject({ 'touchline.projection': 'customer-timeline' });
    // What follows goes on from this request, and so does whoever reads it.
    const events = await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', recorded.journeyId ?? ''));
    expect(events[0]?.meta.traceparent).toBe(`00-${traceId}-${request.spanId}-01`);
  });

  it('says nothing of anybody: no name, number, text, address, group, login or parameter', async () => {
    const { traceId, traceparent } = newTrace();
    const li = await api.as('li');
    await li.get(`/customers/search?q=${encodeURIComponent(person.name)}`, { traceparent });
    await li.get('/nowhere/王芳', { traceparent });
    const credentials = { tenant: 'dongfang', login: 'li', password: 'a wrong password' };
    await fetch(`${api.url}/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify(credentials),
    });
    await inTrace(traceId, 'GET /customers/search', 'GET', 'POST /sign-in');
    const sent = collector.bodies.join();
    const personal = ['王芳', '%E7', '138 0000', '+86', '7301', '想看', 'dongfang', '127.0.0.1', li.userId, 'a wrong password', 'Bearer'];
    // Of what is random, or a time: they may hold the digits.
    const said = sent.replaceAll(/"(traceId|spanId|parentSpanId|startTimeUnixNano|endTimeUnixNano)":"[0-9a-f]+"/g, '');
    expect(personal.filter((each) => said.includes(each))).toEqual([]);
  });

  it('is as its caller sent it where it is not recorded', async () => {
    const { caller, traceId } = newTrace();
    const traceparent = `00-${traceId}-${caller}-00`;
    const { journeyId = '' } = await (await api.as('li')).record('/calls/received', call, { traceparent });
    const events = await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', journeyId));
    expect(events.at(-1)?.meta.traceparent).toBe(traceparent);
  });

  describeWithKafka('over Kafka', (kafka) => {
    beforeAll(() => ensureTopics(kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }), intakeTopicSpecs(kafka.prefix)));

    it('is of the trace of a message that came in, and of those that tell it', async () => {
      const platform = withTopics(api.platform, kafka);
      const { traceId, caller, traceparent } = newTrace();
      const { intake: topic } = intakeTopics(kafka.prefix);
      const message = binary({ type: 'call-received', reference: 'pbx-trace', data: { ...call, person: undefined, contactTaken: false } });
      const posted = { key: 'one', message: { ...message, headers: { ...message.headers, traceparent } } };
      await whileTaking(platform, async () => {
        // Again, as after a commit that failed: of the same trace, and nothing is recorded.
        await post(kafka.brokers, topic, [posted, posted]);
        await untilTaken(kafka.brokers, kafka.prefix);
      });
      await whileRelaying(platform, () => untilTold(platform));
      const sending = `send ${kafka.prefix}.touchpoints`;
      const spans = await inTrace(traceId, `process ${topic}`, 'append contact', ...projecting, sending);
      // Of the delivery that recorded it: what tells it goes on below that one, and so did the append.
      const named = (name: string) => spansOf(traceId).filter((span) => span.name === name);
      const taken = named(`process ${topic}`).find(({ spanId }) => spanId === spans.get(sending)?.parentSpanId)!;
      expect(taken.parentSpanId).toBe(caller);
      expect(named('append contact').map(({ parentSpanId }) => parentSpanId)).toContain(taken.spanId);
      // Nothing else: a key, a reference or a header is the sender's own word.
      expect(taken.attributes).toEqual({
        ...{ 'messaging.system': 'kafka', 'messaging.operation.type': 'process', 'messaging.operation.name': 'take' },
        ...{ 'messaging.destination.name': topic, 'messaging.destination.partition.id': expect.stringMatching(/^\d$/) },
        ...{ 'messaging.kafka.offset': 0, 'touchline.outcome': 'recorded' },
      });
      // Whoever takes the message goes on below the span that sent it.
      const told = (await consumeAll(kafka.brokers, `${kafka.prefix}.touchpoints`, 1)).find(({ headers }) =>
        headers['traceparent']?.includes(traceId),
      );
      expect(told?.headers['traceparent']).toBe(`00-${traceId}-${spans.get(sending)?.spanId}-01`);
      expect(spans.get(sending)?.attributes).toEqual({
        ...{ 'messaging.system': 'kafka', 'messaging.operation.type': 'send', 'messaging.operation.name': 'send' },
        'messaging.destination.name': `${kafka.prefix}.touchpoints`,
      });
    });
  });
});

describe('a platform whose collector hangs', () => {
  const api = useApi({ OTEL_EXPORTER_OTLP_ENDPOINT: hanging.url });

  it('records, shows and stops as if it did not', async () => {
    const li = await api.as('li');
    const call = { occurredAt: '2026-05-30T02:00:00Z', siteId: 'pudong', contactTaken: true, person: { phone: '138 0000 7302' } };
    const { journeyId } = await li.record('/calls/received', call);
    const made = { journeyId, occurredAt: '2026-05-30T03:00:00Z', reached: true };
    let last = await li.record('/calls/made', made);
    // Until some are on their way to the collector, which keeps them.
    for (let n = 0; hanging.bodies.length === 0; n++) last = await li.record('/calls/made', { ...made, note: String(n) });
    expect(await li.ask<{ stage: unknown }>(`/journeys/${journeyId}`, last)).toBeDefined();
    expect(await endedInTime(api.platform.tracing!)).toBe(true);
  });
});
