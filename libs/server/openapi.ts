import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { permissionTable } from '@touchline/auth';
import { addExamples } from './openapi-examples.js';
import { addDescriptions } from './openapi-about.js';
import { completeFields } from './openapi-fields.js';
import { addHeaders } from './openapi-headers.js';
import { leaveOutWhatCannotBe, shareProblems } from './openapi-problems.js';

/** The OpenAPI 3.1 document of the application as its controllers declare it; what is released of messages is made of this. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const document = declared(app);
  addExamples(document);
  return document;
}

/** The document as it is served: numbers with their widths, every answer with its headers, and what is the same everywhere said once. */
export function servedDocument(app: INestApplication): OpenAPIObject {
  const document = declared(app);
  addDescriptions(document, permissionTable(app));
  completeFields(document);
  addExamples(document);
  addHeaders(document);
  shareProblems(document);
  return document;
}

function declared(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Touchline')
    .setDescription(
      'Event-sourced customer journeys: record touchpoints, ask for status, timeline and funnel. Instants are RFC 3339 with an offset.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setContact('Touchline', 'https://touchline.dev', 'api@touchline.dev')
    .addServer('/', 'where this document came from')
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  leaveOutWhatCannotBe(document, permissionTable(app));
  return document;
}

/** Serves it at /docs/openapi.json and, with `page`, at /docs as a page to try it. */
export function serveOpenApi(app: INestApplication, page: boolean): void {
  SwaggerModule.setup('docs', app, () => servedDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: 'Touchline API',
    ui: page,
    raw: ['json'],
  });
}
