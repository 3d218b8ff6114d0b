import { describe, expect, it } from '@jest/globals';
import { toldOnBy, traceIdOf, traceparentIn } from './trace.js';

const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
const traceparent = `00-${trace}-${span}-01`;

describe('a trace context', () => {
  it('is told on with its trace and flags, by another span', () => {
    expect(traceparentIn(traceparent)).toBe(traceparent);
    expect(traceIdOf(traceparent)).toBe(trace);
    expect(toldOnBy(traceparent, 'b7ad6b7169203331')).toBe(`00-${trace}-b7ad6b7169203331-01`);
  });

  it.each([
    ['nothing', undefined],
    ['several', [traceparent, traceparent]],
    ['ids of nothing but zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['a span of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['capitals', traceparent.toUpperCase()],
    ['another version', `01${traceparent.slice(2)}`],
    ['more behind it', `${traceparent}-x`],
  ])('is not there where the header holds %s', (_what, header) => {
    expect(traceparentIn(header)).toBeUndefined();
  });
});
