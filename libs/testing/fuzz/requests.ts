import { request as send } from 'node:http';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Schema } from '@touchline/server/openapi-examples.js';
import type { Grammar } from './fitting.js';
import { hostileText, jsonOf, oneIn } from './hostile.js';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface FuzzedRequest {
  /** As the document names it. */
  route: string;
  method: string;
  address: string;
  caller: string | null;
  headers: Readonly<Record<string, string>>;
  body: Buffer | null;
}

export interface Reply {
  status: number;
  contentType: string;
  text: string;
}

/** Routes that stop a view, or take a person's sign-in, as they are asked to; what they are sent names nothing that is there. */
const OPERATING = /^POST \/admin\/(projections|rebuilds|relay|operators?|intake)/;

/** Requests to every route of the document; most of them would be taken but for something. */
export function requestsOf({ paths }: OpenApi, grammar: Grammar, callers: readonly string[]): fc.Arbitrary<FuzzedRequest> {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestOf(path, method.toUpperCase(), operation, grammar, callers)),
  );
  return fc.oneof(...routes);
}

function requestOf(
  path: string,
  method: string,
  operation: Operation,
  grammar: Grammar,
  callers: readonly string[],
): fc.Arbitrary<FuzzedRequest> {
  const route = `${method} ${path}`;
  const { parameters = [], requestBody } = operation;
  const given = (place: Parameter['in']): Parameter[] => parameters.filter((parameter) => parameter.in === place);
  const media = requestBody?.content['application/json'];
  const inPath = fc.tuple(...given('path').map(({ name, schema }) => parameter(name, schema, grammar, OPERATING.test(route) ? 20 : 5)));
  const inQuery = fc.tuple(
    ...given('query').map(({ name, schema, required = false }) =>
      (required ? parameter(name, schema, grammar, 3) : oneIn(6, parameter(name, schema, grammar, 3))).map((value) => ({ name, value })),
    ),
  );
  const body =
    media === undefined
      ? fc.constant(null)
      : bodyText(fc.oneof({ weight: 3, arbitrary: grammar.fitting(media.schema) }, { weight: 2, arbitrary: grammar.spoilt(media.schema) }));
  return fc.record({ inPath, inQuery, body, caller: fc.option(fc.constantFrom(...callers), { freq: 30 }), headers }).map((made) => {
    const names = given('path').map(({ name }) => name);
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      // What operates the platform is asked for by names that nothing has.
      const value = made.inPath[names.indexOf(name)] ?? '';
      return encoded(OPERATING.test(route) ? `no-${value}` : value);
    });
    const query = made.inQuery.flatMap(({ name, value }) => (value === null ? [] : [`${encoded(name)}=${encoded(value)}`]));
    return {
      ...{ route, method, caller: made.caller, headers: made.headers },
      address: query.length === 0 ? address : `${address}?${query.join('&')}`,
      body: method === 'POST' ? (made.body ?? Buffer.from('{}')) : null,
    };
  });
}

const parameter = (name: string, schema: Schema, grammar: Grammar, freq: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: freq, arbitrary: grammar.fitting(schema, name).map((value) => [value].flat().map(String).join()) },
    { weight: 1, arbitrary: hostileText },
  );

/** A line of an address holds a few thousand characters. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed().slice(0, 2_000));

/** JSON, seldom with a byte that is wrong, or cut. */
const bodyText = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> =>
  fc.tuple(value, oneIn(12, fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), cut: fc.boolean() }))).map(([json, damage]) => {
    const bytes = Buffer.from(jsonOf(json).slice(0, 260_000));
    if (damage === null || bytes.length === 0) return bytes;
    const at = damage.at % bytes.length;
    if (damage.cut) return bytes.subarray(0, at);
    bytes[at] = damage.byte;
    return bytes;
  });

const headers: fc.Arbitrary<Record<string, string>> = fc
  .record({
    'content-type': fc.constantFrom(...Array<string>(40).fill('application/json'), 'application/json; charset=utf-16', 'text/plain', ''),
    'idempotency-key': fc.oneof(
      { weight: 30, arbitrary: fc.uuid() },
      fc.constantFrom('', 'short', 'x'.repeat(300), '__proto__', 'same-key-again'),
    ),
    'if-match': oneIn(10, fc.constantFrom('"0"', '"999999999"', '"99999999999"', '*', 'W/"1"', '"-1"')),
    'x-correlation-id': fc.constantFrom('', '', 'constructor', 'x'.repeat(100)),
    traceparent: fc.constantFrom('', '', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-0', 'ff'),
  })
  .map((all) =>
    Object.fromEntries(Object.entries(all).filter((header): header is [string, string] => header[1] !== null && header[1] !== '')),
  );

/** As it is, without what a browser's client would refuse or mend. */
export function reply(
  url: string,
  { method, address, headers, body, caller }: FuzzedRequest,
  tokens: ReadonlyMap<string, string>,
): Promise<Reply> {
  const authorization = caller === null ? {} : { authorization: `Bearer ${tokens.get(caller) ?? caller}` };
  const length = body === null ? {} : { 'content-length': String(body.length) };
  return new Promise((resolve, reject) => {
    const sent = send(
      `${url}${address}`,
      { method, headers: { 'x-fuzz': randomUUID(), ...headers, ...authorization, ...length } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            contentType: answer.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}
