import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { openApiDocument } from '@touchline/server/openapi.js';
import type { Schema as ApiSchema } from '@touchline/server/openapi-examples.js';
import { whole } from '@touchline/server/openapi-examples.js';
import type { Declared, Released } from '@touchline/topics/compatibility.js';
import { schemaDocument } from '@touchline/topics/contract.js';
import { TAKEN } from '@touchline/topics/intake.js';
import type { Schema } from '@touchline/topics/schema.js';
import { commandControllers } from '@touchline/routes/command.controller.js';
import { takenCommands } from './taken-commands.js';

/**
 * The form of every kind of message that is taken: the body of its route, as the API's own document tells it. Nobody counts
 * the versions of a route's body; one that is not the newest released is the next.
 */
export async function takenSchemas(released: readonly Released[]): Promise<Declared[]> {
  const { paths, schemas } = await documented(takenCommands);
  return takenCommands.map(({ name, path }) => {
    const { summary, requestBody } = paths[`/${path}`]!.post;
    const { schema, example } = requestBody.content['application/json'];
    const type = TAKEN + name;
    const newest = Math.max(0, ...released.flatMap((each) => (each.type === type ? [each.version] : [])));
    const document = (version: number): Schema =>
      schemaDocument({ type, version, summary, schema: { ...formOf(schema, schemas), examples: [example] } as Schema });
    const known = released.find((each) => each.type === type && each.version === newest)?.schema;
    const isKnown = JSON.stringify(known) === JSON.stringify(document(newest));
    const version = isKnown ? newest : newest + 1;
    return { type, version, schema: document(version), isSentToUs: true };
  });
}

interface Operation {
  summary: string;
  requestBody: { content: { 'application/json': { schema: ApiSchema; example: unknown } } };
}

@Module({})
class Routes {}

/** What the API's document says of the routes of these; nothing of it is run. */
async function documented(
  commands: typeof takenCommands,
): Promise<{ paths: Record<string, { post: Operation }>; schemas: Record<string, ApiSchema> }> {
  const module: DynamicModule = {
    module: Routes,
    controllers: commandControllers(commands),
    providers: [{ provide: CommandBus, useValue: {} }],
  };
  const app = await NestFactory.create(module, new FastifyAdapter(), { preview: true, logger: false, abortOnError: false });
  const { paths, components } = openApiDocument(app);
  return { paths: paths as unknown as Record<string, { post: Operation }>, schemas: components?.schemas as Record<string, ApiSchema> };
}

/** As a schema that stands alone. What the form does not name is refused, in a message as in a request. */
function formOf(schema: ApiSchema, schemas: Record<string, ApiSchema>): Schema {
  const { $ref: _, allOf: __, anyOf, example: ___, type, properties = {}, required = [], items, ...rest } = whole(schema, schemas);
  if (anyOf !== undefined) throw new Error('a form that is one of several cannot be told yet');
  const fields = Object.entries(properties).map(([name, each]) => [name, formOf(each, schemas)] as const);
  return {
    ...{ type, ...rest },
    ...(items !== undefined && { items: formOf(items, schemas) }),
    ...(fields.length > 0 && {
      additionalProperties: false,
      required: [...new Set(required)].sort(),
      properties: Object.fromEntries(fields),
    }),
  } as Schema;
}
