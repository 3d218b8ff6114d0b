/** W3C trace context, version 00: `00-<trace>-<parent span>-<flags>`; neither id is all zeros. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace that something arrived with; undefined where it names none, or none that is one. A trace is no reason to refuse. */
export const traceparentIn = (value: unknown): string | undefined =>
  typeof value === 'string' && TRACEPARENT.test(value) ? value : undefined;

/** What all that belongs to one trace has in common. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);

/** The same trace, told on by another span. */
export const toldOnBy = (traceparent: string, spanId: string): string => `${traceparent.slice(0, 36)}${spanId}${traceparent.slice(52)}`;
