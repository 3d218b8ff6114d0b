import type { Settings } from '@touchline/config';
import type { Logger } from './logger.js';

/** What a span is called and says; names and attributes are those of OpenTelemetry's conventions. Never what a person is called, or was typed. */
export interface SpanOf {
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  attributes: Attributes;
}
export type Attributes = Readonly<Record<string, string | number>>;

/** A span under way. */
export interface OpenSpan {
  /** W3C trace context for whatever it leads to; undefined where the span is not recorded. */
  readonly traceparent: string | undefined;
  /** What is done in it, and in all that this starts, may have spans under this one. */
  run<T>(work: () => T): T;
  /** `name`: where it is known only now. `error`: the kind of what went wrong, never its words. */
  end(how?: { name?: string; attributes?: Attributes; error?: string }): void;
}

/** Spans of what this process does, sent to a collector. Never slows or fails what it is told of. */
export interface Tracing {
  /** Of what comes in from elsewhere; goes on with the trace it came with. */
  begin(span: SpanOf, traceparent: string | undefined): OpenSpan;
  /** Of a part of what is under way; null where nothing is, or nothing is recorded of it. */
  part(span: () => SpanOf): OpenSpan | null;
  /** Of what was done, until now, because of what `traceparent` names. `spanId`: where it is told on already under that one. */
  done(span: SpanOf, cause: { traceparent: string; seconds: number; spanId?: string }): void;
  /** Sends what is left, for no longer than a few seconds. */
  close(): Promise<void>;
}

/** Null where no collector is set: then nothing of it is even loaded. `role`: the process's part. */
export async function openTracing({ tracing }: Settings, role: string, logger: Logger): Promise<Tracing | null> {
  const { endpoint } = tracing;
  if (endpoint === undefined) return null;
  const { OtlpTracing } = await import('./otlp-tracing.js');
  return new OtlpTracing({ ...tracing, endpoint }, role, logger);
}

/** Runs a part of what is under way in a span of its own, where one is recorded. */
export async function inPart<T>(tracing: Tracing, span: () => SpanOf, work: () => Promise<T>): Promise<T> {
  const part = tracing.part(span);
  if (part === null) return work();
  try {
    const result = await part.run(work);
    part.end();
    return result;
  } catch (error) {
    part.end({ error: kindOf(error) });
    throw error;
  }
}

/** Of an error: the code of a driver or a system, or its class; its words may quote data. */
export function kindOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : typeof error;
}
