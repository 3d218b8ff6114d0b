import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '@touchline/config';
import { newSecrets } from '@touchline/testing/secrets.js';
import { createLogger } from './logger.js';
import type { Collector } from './testing/collector.js';
import { endedInTime, startCollector } from './testing/collector.js';
import type { SpanOf, Tracing } from './tracing.js';
import { inPart, openTracing } from './tracing.js';

const env = { ...newSecrets(), DATABASE_URL: 'postgres://nowhere/nothing' };
const logger = (lines: string[] = []) =>
  createLogger({ role: 'test', level: 'info', destination: { write: (line: string) => void lines.push(line) } });
const span = (name: string): SpanOf => ({ name, kind: 'server', attributes: { 'http.request.method': 'GET' } });
const [TRACE, CALLER] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

async function opened(more: Record<string, string>, lines: string[] = []): Promise<Tracing> {
  const tracing = await openTracing(loadSettings({ ...env, ...more }), 'test', logger(lines));
  if (tracing === null) throw new Error('nothing is traced');
  return tracing;
}

/** What a collector gets of what is done while it is there. */
async function collected(more: Record<string, string>, work: (tracing: Tracing) => Promise<void> | void): Promise<Collector> {
  const collector = await startCollector();
  const tracing = await opened({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more });
  await work(tracing);
  await tracing.close();
  await collector.close();
  return collector;
}

describe('tracing', () => {
  it('is not there without a collector, and nothing that sends is loaded', async () => {
    expect(await openTracing(loadSettings(env), 'test', logger())).toBeNull();
    const program = `
      import { createRequire } from 'node:module';
      await import('${resolve('dist/libs/server/index.js')}');
      await import('${resolve('dist/libs/intake/start-intake.js')}');
      const { openTracing } = await import('${resolve('dist/libs/observability/index.js')}');
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => /@opentelemetry.(sdk|exporter|otlp|resources)/.test(file)).length;
      const tracing = (endpoint) => openTracing({ tracing: { endpoint, sampler: 'always_on', samplerArg: 1 } }, 'test', null);
      await tracing(undefined);
      const without = loaded();
      await tracing('http://127.0.0.1:1');
      process.stdout.write(JSON.stringify([without, loaded() > 0]));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    expect(JSON.parse(stdout)).toEqual([0, true]);
  });

  it('goes on with the trace of a caller, and has what is done in a span below it', async () => {
    const { spans, headers } = await collected({ OTEL_EXPORTER_OTLP_HEADERS: 'x-token=a%20b,x-more=c' }, async (tracing) => {
      expect(tracing.part(() => span('of nothing'))).toBeNull();
      const outer = tracing.begin(span('outer'), `00-${TRACE}-${CALLER}-01`);
      await outer.run(async () => {
        await inPart(
          tracing,
          () => span('inner'),
          async () => undefined,
        );
        const fails = inPart(
          tracing,
          () => span('failing'),
          () => Promise.reject(new TypeError('王芳 138 0000 0000')),
        );
        await expect(fails).rejects.toThrow(TypeError);
      });
      tracing.done(span('after'), { traceparent: outer.traceparent ?? '', seconds: 1, spanId: 'b7ad6b7169203331' });
      outer.end();
    });
    const of = (name: string) => spans.find((each) => each.name === name);
    const outer = of('outer')!;
    expect(outer).toMatchObject({ service: 'touchline-test', traceId: TRACE, parentSpanId: CALLER, isError: false });
    for (const name of ['inner', 'failing', 'after']) expect(of(name)).toMatchObject({ traceId: TRACE, parentSpanId: outer.spanId });
    expect(of('after')).toMatchObject({ spanId: 'b7ad6b7169203331' });
    expect(of('failing')).toMatchObject({ isError: true, attributes: { 'error.type': 'TypeError' } });
    expect(spans).toHaveLength(4);
    expect(headers[0]).toMatchObject({ 'x-token': 'a b', 'x-more': 'c' });
  });

  it.each<[string, Record<string, string>, string | undefined, number]>([
    ['all of them', {}, undefined, 1],
    ['none that its caller does not record', {}, '00', 0],
    ['those that its caller records', { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, '01', 1],
    ['none by itself, where it is told to', { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, undefined, 0],
    ['a share of them', { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, '01', 0],
    ['none', { OTEL_TRACES_SAMPLER: 'always_off' }, '01', 0],
    ['all, whatever the caller does', { OTEL_TRACES_SAMPLER: 'always_on' }, '00', 1],
  ])('records %s', async (_which, settings, flags, count) => {
    const { spans } = await collected(settings, (tracing) => {
      const begun = tracing.begin(span('begun'), flags === undefined ? undefined : `00-${TRACE}-${CALLER}-${flags}`);
      expect(begun.traceparent === undefined).toBe(count === 0);
      begun.run(() => tracing.part(() => span('part'))?.end());
      begun.end();
    });
    expect(spans).toHaveLength(count * 2);
  });

  it.each(['away', 'hanging'])('ends though its collector is %s, and says once that spans are lost', async (how) => {
    const collector = await startCollector({ hangs: true });
    if (how === 'away') await collector.close();
    const lines: string[] = [];
    const tracing = await opened({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, lines);
    // More than its queue holds: what is too much is left out, and nobody waits.
    for (let n = 0; n < 5_000; n++) tracing.begin(span('lost'), undefined).end();
    expect(await endedInTime(tracing)).toBe(true);
    if (how === 'hanging') await collector.close();
    expect(lines.filter((line) => line.includes('the collector of traces')).length).toBeLessThanOrEqual(1);
    if (how === 'away') expect(lines.join()).toContain('they are lost');
  });
});
