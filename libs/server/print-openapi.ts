import type { DynamicModule, InjectionToken, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { apiControllers } from './create-api.js';
import { servedDocument } from './openapi.js';

/** Nest wants a class to name the module by. */
@Module({})
class Routes {}

// Prints the OpenAPI document without a platform to run on: `npm run openapi > openapi.json`. Nothing of what the routes need is made.
const needs = (controller: Type): InjectionToken[] =>
  ((Reflect.getMetadata('self:paramtypes', controller) ?? []) as { param: InjectionToken }[]).map(({ param }) => param);
const provide = [...new Set(apiControllers().flatMap(needs))];
const module: DynamicModule = {
  ...{ module: Routes, controllers: apiControllers() },
  providers: provide.map((token) => ({ provide: token, useValue: {} })),
};
const app = await NestFactory.create(module, new FastifyAdapter(), { preview: true, logger: false, abortOnError: false });
process.stdout.write(`${JSON.stringify(servedDocument(app), null, 2)}\n`);
