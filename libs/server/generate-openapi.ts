import type { DynamicModule, InjectionToken, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { writeOrCheck } from '@touchline/config/generated-files.js';
import { apiControllers } from './features.js';
import { servedDocument } from './openapi.js';

/** Nest wants a class to name the module by. */
@Module({})
class Routes {}

// Writes the OpenAPI document without a platform to run on. Nothing of what the routes need is made.
const needs = (controller: Type): InjectionToken[] =>
  ((Reflect.getMetadata('self:paramtypes', controller) ?? []) as { param: InjectionToken }[]).map(({ param }) => param);
const provide = [...new Set(apiControllers().flatMap(needs))];
const module: DynamicModule = {
  ...{ module: Routes, controllers: apiControllers() },
  providers: provide.map((token) => ({ provide: token, useValue: {} })),
};
const app = await NestFactory.create(module, new FastifyAdapter(), { preview: true, logger: false, abortOnError: false });
const content = `${JSON.stringify(servedDocument(app), null, 2)}\n`;
await writeOrCheck([{ path: 'docs/openapi.json', content }], 'npm run generate:openapi', process.argv);
