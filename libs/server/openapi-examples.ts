import type { OpenAPIObject } from '@nestjs/swagger';

/** The parts of a JSON Schema that the documents of this API use. */
export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  /** A schema, or null. */
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping?: Record<string, string> };
  type?: string | string[];
  additionalProperties?: boolean | Schema;
  'x-anything'?: true;
  format?: string;
  enum?: unknown[];
  example?: unknown;
  default?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: unknown;
}
type Content = Record<string, Media>;
interface Operation {
  requestBody?: { content?: Content };
  responses?: Record<string, { content?: Content }>;
}

const UUID = '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4';
const INSTANT = '2026-03-02T10:00:00+08:00';

/**
 * Gives every body of the document a whole example, put together from what its fields say: their own example, else the
 * least that their schema allows. Optional fields take part where they name an example.
 */
export function addExamples(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path as Record<string, Operation>))) {
    const contents = [operation.requestBody?.content, ...Object.values(operation.responses ?? {}).map(({ content }) => content)];
    for (const media of contents.flatMap((content) => Object.values(content ?? {})))
      if (media.schema !== undefined && media.example === undefined && media.examples === undefined)
        media.example = exampleOf(media.schema, schemas);
  }
}

export function exampleOf(schema: Schema, schemas: Record<string, Schema>): unknown {
  if (schema.example !== undefined) return schema.example;
  const { properties, required = [], ...rest } = whole(schema, schemas);
  if (rest.example !== undefined) return rest.example;
  if (rest.enum !== undefined) return rest.enum[0];
  const [type] = [rest.type ?? (properties === undefined ? undefined : 'object')].flat();
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(properties ?? {})
          .filter(([name, property]) => required.includes(name) || namesExample(property, schemas))
          .map(([name, property]) => [name, exampleOf(property, schemas)]),
      );
    case 'array':
      return rest.items === undefined || rest.minItems === 0 ? [] : [exampleOf(rest.items, schemas)];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return rest.minimum ?? 1;
    default:
      return rest.format === 'uuid' ? UUID : rest.format === 'date-time' ? INSTANT : 'text';
  }
}

function namesExample(schema: Schema, schemas: Record<string, Schema>): boolean {
  const { example, properties } = whole(schema, schemas);
  return example !== undefined || Object.values(properties ?? {}).some((property) => namesExample(property, schemas));
}

/** The schema with what it refers to and builds on; what stands further out wins. */
export function whole(schema: Schema, schemas: Record<string, Schema>): Schema {
  const target = schema.$ref === undefined ? {} : whole(schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {}, schemas);
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? schema.oneOf ?? []).slice(0, 1)];
  return [target, ...parts.map((part) => whole(part, schemas)), schema].reduce((merged, part) => ({
    ...merged,
    ...part,
    properties: { ...merged.properties, ...part.properties },
    required: [...(merged.required ?? []), ...(part.required ?? [])],
  }));
}
