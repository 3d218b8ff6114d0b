import type { AnySchemaObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Response {
  $ref?: string;
  content?: Record<string, { schema?: object; examples?: Record<string, unknown> }>;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: { schemas: Record<string, unknown>; responses?: Record<string, Response> };
}

export interface Answered {
  method: string;
  path: string;
  status: number;
  headers: Headers;
  text: string;
}

/** Holds answers against the OpenAPI document: every test that asks anything over HTTP is a test of the document too. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly routes: { method: string; pattern: RegExp; literal: number; responses: Record<string, Response> }[];
  private readonly validators = new Map<object, ValidateFunction>();

  constructor(private readonly document: Document) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(closed({ $id: 'api', components: document.components }) as AnySchemaObject);
    this.routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => ({
        method: method.toUpperCase(),
        pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
        literal: path.replaceAll(/\{\w+\}/g, '').length,
        responses,
      })),
    );
    // `/customers/counts` is not a customer called counts.
    this.routes.sort((a, b) => b.literal - a.literal);
  }

  /** What the answer is that the document does not say; null where all is as told, or the address is none of the API's. */
  differs({ method, path, status, headers, text }: Answered): string | null {
    const address = path.split('?', 1)[0] ?? '';
    const route = this.routes.find((each) => each.method === method && each.pattern.test(address));
    if (route === undefined) return null;
    const told = this.resolved(route.responses[String(status)]);
    if (told === undefined) return `${status} is not among its answers`;
    const type = (headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const media = told.content?.[type];
    if (media === undefined) return `${status} is not of ${type}`;
    if (!type.endsWith('json') || media.schema === undefined) return null;
    const body: unknown = JSON.parse(text);
    const { code } = body as { code?: string };
    if (media.examples !== undefined && !Object.keys(media.examples).includes(code ?? '')) return `${status} never is ${code}`;
    const validate = this.validatorOf(media.schema);
    return validate(body) ? null : this.ajv.errorsText(validate.errors, { separator: '\n' });
  }

  private resolved(response: Response | undefined): Response | undefined {
    const name = response?.$ref?.replace('#/components/responses/', '');
    return name === undefined ? response : this.document.components.responses?.[name];
  }

  private validatorOf(schema: object): ValidateFunction {
    const validate = this.validators.get(schema) ?? this.ajv.compile(closed(schema) as AnySchemaObject);
    this.validators.set(schema, validate);
    return validate;
  }
}

/** What a schema does not name is not there: a field that nobody told of is a difference, too. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key,
    key === '$ref' && String(value).startsWith('#') ? `api${String(value)}` : closed(value),
  ]);
  const copy = Object.fromEntries(entries) as Record<string, unknown>;
  const isObject = 'properties' in copy && copy['type'] === 'object';
  return isObject ? { additionalProperties: false, ...copy } : copy;
}
