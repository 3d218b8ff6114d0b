import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Tracing } from '../tracing.js';

/** A span as it came to the collector. */
export interface Collected {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  attributes: Record<string, string | number>;
  isError: boolean;
}

export interface Collector {
  /** As OTEL_EXPORTER_OTLP_ENDPOINT names it. */
  url: string;
  spans: Collected[];
  /** All that was sent, as it came. */
  bodies: string[];
  headers: IncomingHttpHeaders[];
  close(): Promise<void>;
}

interface Value {
  stringValue?: string;
  intValue?: number | string;
}
type Attributes = { key: string; value: Value }[];
interface Sent {
  resourceSpans: {
    resource: { attributes: Attributes };
    scopeSpans: {
      spans: (Pick<Collected, 'name' | 'traceId' | 'spanId'> & {
        parentSpanId?: string;
        attributes: Attributes;
        status: { code?: number };
      })[];
    }[];
  }[];
}

const read = (attributes: Attributes): Record<string, string | number> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

/** A collector of OpenTelemetry: takes OTLP over HTTP in JSON, and keeps what it gets. `hangs`: takes it and never answers. */
export async function startCollector({ hangs = false } = {}): Promise<Collector> {
  const [spans, bodies, headers]: [Collected[], string[], IncomingHttpHeaders[]] = [[], [], []];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      headers.push(request.headers);
      if (hangs) return;
      if (request.url !== '/v1/traces') return response.writeHead(404).end();
      for (const { resource, scopeSpans } of (JSON.parse(body) as Sent).resourceSpans)
        for (const { parentSpanId = '', attributes, status, ...span } of scopeSpans.flatMap((each) => each.spans))
          spans.push({
            ...{ service: String(read(resource.attributes)['service.name']), name: span.name, traceId: span.traceId, spanId: span.spanId },
            ...{ parentSpanId, attributes: read(attributes), isError: status.code === 2 },
          });
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ spans, bodies, headers },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * What comes first: that it has ended, or longer than a hanging collector may hold it, and shorter than what sends to it would wait by
 * itself. Both by timers of this process, so that load puts them off alike.
 */
export const endedInTime = (tracing: Tracing): Promise<boolean> =>
  Promise.race([tracing.close().then(() => true), delay(6_000, false, { ref: false })]);
