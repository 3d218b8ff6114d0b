import { randomUUID } from 'node:crypto';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  example?: string | number;
  schema?: { example?: string | number };
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { example?: unknown }> };
}

/** Values that stand for what the documents' examples make up, by the name of their field: ids of what is really there. */
export type Named = Readonly<Record<string, string>>;

/** Requests to every route, put together from the examples of the API's own OpenAPI document. */
export class Requests {
  private constructor(
    private readonly url: string,
    private readonly operations: ReadonlyMap<string, Operation>,
  ) {}

  static async of(url: string): Promise<Requests> {
    const document = (await (await fetch(`${url}/docs/openapi.json`)).json()) as { paths: Record<string, Record<string, Operation>> };
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        operation,
      ]),
    );
    return new Requests(url, new Map(operations));
  }

  /** `GET /customers/:customerId`, of every route in the document. */
  get routes(): string[] {
    return [...this.operations.keys()];
  }

  /** The request of the document's example, about what is named. */
  send(route: string, token: string | null, named: Named): Promise<Reply> {
    const { parameters = [], requestBody } = this.operations.get(route) ?? {};
    const asked = parameters.flatMap(({ name, in: place, required, example, schema }) => {
      const value = named[name] ?? (required ? (example ?? schema?.example) : undefined);
      return place === 'query' && value !== undefined ? [`${name}=${encodeURIComponent(String(value))}`] : [];
    });
    const body = requestBody?.content['application/json']?.example;
    return this.fetch(route, token, { query: asked.join('&'), body: body === undefined ? {} : about(body, named), named });
  }

  /** A request that no route takes: it passes whoever may call, and ends at its form, so that nothing comes of it. */
  probe(route: string, token: string | null): Promise<Reply> {
    return this.fetch(route, token, { query: '', body: { 'no-such-field': true }, named: {} });
  }

  private async fetch(route: string, token: string | null, { query, body, named }: { query: string; body: unknown; named: Named }) {
    const [method = '', path = ''] = route.split(' ');
    const address = path.replaceAll(/:(\w+)/g, (_, name: string) => named[name] ?? randomUUID());
    const response = await fetch(`${this.url}${address}${query === '' ? '' : `?${query}`}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(method === 'POST' && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
    return { status: response.status, code: isProblem ? (JSON.parse(text) as { code: string }).code : null, text };
  }
}

export interface Reply {
  status: number;
  /** Of a problem; null where it is none. */
  code: string | null;
  text: string;
}

/** The same value with every field that is named about what is named. */
function about(value: unknown, named: Named): unknown {
  if (Array.isArray(value)) return value.map((each) => about(each, named));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, typeof inner === 'string' ? (named[key] ?? inner) : about(inner, named)]),
  );
}
