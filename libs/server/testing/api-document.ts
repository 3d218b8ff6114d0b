import type { Schema } from '../openapi-examples.js';
import { exampleOf, whole } from '../openapi-examples.js';

// What the API's own OpenAPI document says of each route, for tests that go through all of them.

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  security?: object[];
  requestBody?: { content: Record<string, { schema: Schema; example: unknown }> };
  responses: Record<string, Response>;
}

interface Response {
  $ref?: string;
  content?: Record<string, { examples?: Record<string, unknown> }>;
}

interface Components {
  schemas: Record<string, Schema>;
  responses: Record<string, Response>;
}

export type Body = { [field: string]: unknown };

/** A field somewhere in a body, in a body that has everything around it. */
export interface BodyField {
  path: readonly (string | number)[];
  schema: Schema;
  required: boolean;
  within: Body;
}

export interface Route {
  /** `POST /customers/{customerId}/details` */
  name: string;
  method: 'GET' | 'POST';
  path: string;
  signedIn: boolean;
  /** Takes an Idempotency-Key. */
  keyed: boolean;
  /** Takes If-Match too: records on a stream that the caller may have seen. */
  records: boolean;
  query: readonly Parameter[];
  pathParameters: readonly string[];
  /** The example of its body; undefined where it takes none. */
  example: Body | undefined;
  fields: readonly BodyField[];
  /** The problems it says it may give, as `404 journey.unknown`. */
  problems: ReadonlySet<string>;
}

/** Every route of the document that the API serves, in its order. */
export async function documentedRoutes(url: string): Promise<Route[]> {
  const document = (await (await fetch(`${url}/docs/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
    components: Components;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => routeOf(path, method.toUpperCase(), operation, document.components)),
  );
}

function routeOf(path: string, method: string, operation: Operation, components: Components): Route {
  if (method !== 'GET' && method !== 'POST') throw new Error(`what are requests with ${method} like?`);
  const { parameters = [], security, responses, requestBody } = operation;
  const takes = (name: string): boolean => parameters.some((parameter) => parameter.in === 'header' && parameter.name === name);
  const media = requestBody?.content['application/json'];
  const example = media?.example as Body | undefined;
  return {
    name: `${method} ${path}`,
    method,
    path,
    signedIn: security?.length !== 0,
    keyed: takes('Idempotency-Key'),
    records: takes('If-Match'),
    query: parameters.filter((parameter) => parameter.in === 'query'),
    pathParameters: parameters.flatMap((parameter) => (parameter.in === 'path' ? [parameter.name] : [])),
    example,
    fields: media === undefined || example === undefined ? [] : fieldsOf(media.schema, [], example, components.schemas),
    problems: new Set(
      Object.entries(responses).flatMap(([status, { $ref, content }]) =>
        Object.keys(
          (content ?? components.responses[$ref?.split('/').at(-1) ?? '']?.content)?.['application/problem+json']?.examples ?? {},
        ).map((code) => `${status} ${code}`),
      ),
    ),
  };
}

/** Fields of an object at a place of a body, and all fields below them. */
function fieldsOf(schema: Schema, path: BodyField['path'], within: Body, schemas: Record<string, Schema>): BodyField[] {
  const { properties = {}, required = [] } = whole(schema, schemas);
  return Object.entries(properties).flatMap(([name, property]) => {
    const field = { path: [...path, name], schema: whole(property, schemas), required: required.includes(name), within };
    return [field, ...fieldsBelow(field, schemas)];
  });
}

function fieldsBelow({ path, schema, within }: BodyField, schemas: Record<string, Schema>): BodyField[] {
  const item = schema.items === undefined ? undefined : whole(schema.items, schemas);
  if (item?.properties !== undefined)
    return fieldsOf(
      item,
      [...path, 0],
      withField(within, path, valueAt(within, [...path, 0]) === undefined ? [exampleOf(item, schemas)] : valueAt(within, path)),
      schemas,
    );
  if (schema.properties === undefined) return [];
  return fieldsOf(schema, path, withField(within, path, valueAt(within, path) ?? exampleOf(schema, schemas)), schemas);
}

type Container = Record<string | number, unknown>;

const valueAt = (value: unknown, path: BodyField['path']): unknown =>
  path.reduce<unknown>((at, key) => (at as Container | undefined)?.[key], value);

/** The same body with this value at that place; without the field where the value is undefined. */
export function withField(body: Body, path: BodyField['path'], value: unknown): Body {
  const copy = structuredClone(body);
  const parent = valueAt(copy, path.slice(0, -1)) as Container;
  const last = path.at(-1)!;
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
}
