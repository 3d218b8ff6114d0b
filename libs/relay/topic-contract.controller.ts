import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '@touchline/auth';
import type { JsonObject } from '@touchline/core';
import { Problem, PublicRoute, ResponseProperty } from '@touchline/http';
import { TopicContract } from './topic-contract.js';

class SchemaShown {
  @ResponseProperty(String, { description: 'kind of message, as in ce_type behind "dev.touchline."', example: 'touchpoint.call-received' })
  type!: string;
  @ResponseProperty(Number) version!: number;
  @ResponseProperty(String, { description: 'where it is served', example: '/schemas/touchpoint.call-received/1' }) path!: string;
}

class SchemasShown {
  @ResponseProperty(() => SchemaShown, { list: true }) schemas!: SchemaShown[];
}

const DOCUMENT = { type: 'object', additionalProperties: true } as const;

@ApiTags('topics')
@Controller()
export class TopicContractController {
  constructor(@Inject(TopicContract) private readonly contract: TopicContract) {}

  @Get('docs/asyncapi')
  @Public()
  @PublicRoute('The topics as an AsyncAPI 3 document', {
    content: { 'application/json': { schema: DOCUMENT, example: { asyncapi: '3.0.0' } } },
  })
  asyncApi(): JsonObject {
    return this.contract.asyncApi;
  }

  @Get('schemas')
  @Public()
  @PublicRoute('Every schema of a message that was ever released', { type: SchemasShown })
  all(): SchemasShown {
    return { schemas: this.contract.schemas.map(({ type, version }) => ({ type, version, path: `/schemas/${type}/${version}` })) };
  }

  @Get('schemas/:type/:version')
  @Header('content-type', 'application/schema+json; charset=utf-8')
  @Header('cache-control', 'public, max-age=86400, immutable')
  @Public()
  @PublicRoute(
    'One of them; it never changes',
    {
      content: {
        'application/schema+json': { schema: DOCUMENT, example: { $id: 'https://touchline.dev/schemas/touchpoint.call-received/1' } },
      },
    },
    { 400: ['request.invalid'], 404: ['schema.unknown'], 414: ['address.too-long'] },
  )
  one(@Param('type') type: string, @Param('version') version: string): JsonObject {
    const found = this.contract.schemas.find((each) => each.type === type && String(each.version) === version);
    if (found === undefined) throw new Problem(404, 'schema.unknown', 'there is no such schema');
    return found.schema;
  }
}
