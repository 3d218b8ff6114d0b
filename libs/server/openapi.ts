import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { permissionTable } from '@touchline/auth';
import { addExamples } from './openapi-examples.js';
import { leaveOutWhatCannotBe } from './openapi-problems.js';

const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'RFC 9457 problem document',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: {
      type: 'string' as const,
      format: 'uri',
      description: 'stable; ends in the code',
      example: 'https://touchline.dev/problems/journey.unknown',
    },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    code: { type: 'string' as const },
    detail: { type: 'string' as const },
    instance: { type: 'string' as const },
    errors: {
      type: 'array' as const,
      items: {
        type: 'object' as const,
        required: ['field', 'rule', 'detail'],
        properties: { field: { type: 'string' as const }, rule: { type: 'string' as const }, detail: { type: 'string' as const } },
      },
    },
    furtherErrors: { type: 'integer' as const, description: 'how many more there were than are told' },
  },
};

/** The OpenAPI 3.1 document of the application, from its controllers. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Touchline')
    .setDescription(
      'Event-sourced customer journeys: record touchpoints, ask for status, timeline and funnel. Instants are RFC 3339 with an offset.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ProblemDocument: PROBLEM_SCHEMA } };
  leaveOutWhatCannotBe(document, permissionTable(app));
  addExamples(document);
  return document;
}

/** Serves it at /docs/openapi.json and, with `page`, at /docs as a page to try it. */
export function serveOpenApi(app: INestApplication, page: boolean): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: 'Touchline API',
    ui: page,
    raw: ['json'],
  });
}
