import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Span } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { IdGenerator, ReadableSpan, Sampler, SpanExporter } from '@opentelemetry/sdk-trace';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Settings } from '@touchline/config';
import type { Logger } from './logger.js';
import { release } from './release.js';
import type { OpenSpan, SpanOf, Tracing } from './tracing.js';

/** Longest that the collector may take, and that a process which stops waits for it. */
const COLLECTOR_MS = 3_000;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

type Options = Settings['tracing'] & { endpoint: string };

/** Spans by OpenTelemetry, in batches over OTLP (HTTP, JSON). What does not fit in its queue is left out (ADR 0040). */
export class OtlpTracing implements Tracing {
  private readonly current = new AsyncLocalStorage<Context>();
  private readonly ids = new Ids();
  private readonly exporter: Exporter;
  private readonly provider: TracerProvider;
  private readonly tracer: ReturnType<TracerProvider['getTracer']>;

  constructor(options: Options, role: string, logger: Logger) {
    this.exporter = new Exporter(options, logger);
    this.provider = new TracerProvider({
      idGenerator: this.ids,
      sampler: samplerOf(options),
      resource: resourceFromAttributes({ 'service.name': options.serviceName ?? `touchline-${role}`, 'service.version': release() }),
      spanProcessors: [new BatchSpanProcessor({ exporter: this.exporter, exportTimeoutMillis: COLLECTOR_MS })],
    });
    this.tracer = this.provider.getTracer('touchline', release());
  }

  begin(span: SpanOf, traceparent: string | undefined): OpenSpan {
    return this.open(span, traceparent === undefined ? ROOT_CONTEXT : continuing(traceparent));
  }

  part(span: () => SpanOf): OpenSpan | null {
    const within = this.current.getStore();
    return within === undefined || trace.getSpan(within)?.isRecording() !== true ? null : this.open(span(), within);
  }

  done({ name, kind, attributes }: SpanOf, { traceparent, seconds, spanId }: Parameters<Tracing['done']>[1]): void {
    const startTime = Date.now() - seconds * 1000;
    this.ids.next = spanId ?? null;
    this.tracer.startSpan(name, { kind: KINDS[kind], attributes, startTime }, continuing(traceparent)).end();
    this.ids.next = null;
  }

  async close(): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => (late = setTimeout(resolve, COLLECTOR_MS)));
    await Promise.race([this.provider.shutdown().catch(() => undefined), bound]);
    clearTimeout(late);
    this.exporter.isClosed = true;
  }

  private open({ name, kind, attributes }: SpanOf, parent: Context): OpenSpan {
    const span = this.tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent);
    const within = trace.setSpan(parent, span);
    return {
      traceparent: span.isRecording() ? traceparentOf(span) : undefined,
      run: (work) => this.current.run(within, work),
      end: (how = {}) => {
        if (how.name !== undefined) span.updateName(how.name);
        if (how.attributes !== undefined) span.setAttributes(how.attributes);
        if (how.error !== undefined) span.setAttribute('error.type', how.error).setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }
}

/** The trace of a W3C trace context that was read, below whoever told it. */
const continuing = (traceparent: string): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceFlags: Number.parseInt(traceparent.slice(53), 16),
    isRemote: true,
  });

/** Of a span that is recorded: whoever goes on with it records too. */
function traceparentOf(span: Span): string {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

/** Ids by chance, but for a span that was named before it was made. */
class Ids implements IdGenerator {
  next: string | null = null;
  private readonly byChance = new RandomIdGenerator();

  generateTraceId = (): string => this.byChance.generateTraceId();
  generateSpanId = (): string => this.next ?? this.byChance.generateSpanId();
}

function samplerOf({ sampler, samplerArg }: Options): Sampler {
  const by = sampler.replace('parentbased_', '');
  const root =
    by === 'always_on' ? new AlwaysOnSampler() : by === 'always_off' ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(samplerArg);
  return by === sampler ? root : new ParentBasedSampler({ root });
}

/** Says once when spans no longer get to the collector, and once when they do again. */
class Exporter implements SpanExporter {
  private readonly otlp: OTLPTraceExporter;
  private isFailing = false;
  /** Nothing more is sent, so that nothing keeps the process alive. */
  isClosed = false;

  constructor(
    { endpoint, exporterHeaders = {} }: Options,
    private readonly logger: Logger,
  ) {
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.otlp = new OTLPTraceExporter({ url, headers: { ...exporterHeaders }, timeoutMillis: COLLECTOR_MS });
  }

  export(spans: ReadableSpan[], told: Parameters<SpanExporter['export']>[1]): void {
    if (this.isClosed) return told({ code: ExportResultCode.FAILED });
    this.otlp.export(spans, (result) => {
      const isFailing = result.code !== ExportResultCode.SUCCESS;
      if (isFailing && !this.isFailing)
        this.logger.warn({ err: result.error }, 'the collector of traces does not take them; they are lost');
      if (!isFailing && this.isFailing) this.logger.info('the collector of traces takes them again');
      this.isFailing = isFailing;
      told(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.otlp.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.otlp.shutdown();
  }
}
