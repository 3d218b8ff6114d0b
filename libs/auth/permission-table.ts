import type { OnModuleInit, Type } from '@nestjs/common';
import { Inject, Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { Permission } from '@touchline/core';
import { PERMISSION, PUBLIC } from './allow.js';

/** One route and who may call it; null where it says nothing, which keeps the application from starting. */
export interface RoutePermission {
  method: string;
  /** With a leading slash: `/admin/users/:userId/roles`. */
  path: string;
  /** `UserAdminController.register` */
  handler: string;
  permission: Permission | 'public' | null;
}

/** Every route of these controllers, sorted by path. */
export function routePermissions(controllers: readonly Type[]): RoutePermission[] {
  return controllers.flatMap(routesOf).sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}

/** Every route of an application, as it is put together. */
export const permissionTable = (app: { get(token: typeof ModulesContainer): ModulesContainer }): RoutePermission[] =>
  routePermissions(controllersOf(app.get(ModulesContainer)));

const controllersOf = (modules: ModulesContainer): Type[] => [
  ...new Set([...modules.values()].flatMap((module) => [...module.controllers.values()].map(({ metatype }) => metatype as Type))),
];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function routesOf(controller: Type): RoutePermission[] {
  const routes: RoutePermission[] = [];
  const seen = new Set<string>();
  // A route may be inherited.
  for (
    let proto = controller.prototype as object | null;
    proto !== null && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto) as object | null
  )
    for (const name of Object.getOwnPropertyNames(proto)) {
      const handler: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
      if (seen.has(name) || typeof handler !== 'function') continue;
      seen.add(name);
      const method = read<RequestMethod>(METHOD_METADATA, handler);
      if (method === undefined) continue;
      const isPublic = read<boolean>(PUBLIC, handler, controller);
      for (const base of listOf(read(PATH_METADATA, controller)))
        for (const path of listOf(read(PATH_METADATA, handler)))
          routes.push({
            method: RequestMethod[method],
            path: `/${base}/${path}`.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, ''),
            handler: `${controller.name}.${name}`,
            permission: isPublic ? 'public' : (read<Permission>(PERMISSION, handler, controller) ?? null),
          });
    }
  return routes;
}

/** The handler's own word counts before its controller's. */
const read = <T>(key: string, ...places: object[]): T | undefined =>
  places.map((place) => Reflect.getMetadata(key, place) as T | undefined).find((value) => value !== undefined);

const listOf = (paths: unknown): string[] => (Array.isArray(paths) ? paths.map(String) : [typeof paths === 'string' ? paths : '']);

/** Deny by default, seen at the start and not at the first refused caller: a route that says nothing stops the application. */
@Injectable()
export class RouteDeclarationCheck implements OnModuleInit {
  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  onModuleInit(): void {
    const silent = routePermissions(controllersOf(this.modules)).filter(({ permission }) => permission === null);
    if (silent.length > 0)
      throw new Error(
        [
          'these routes do not say who may call them (@Allow or @Public):',
          ...silent.map((route) => `${route.method} ${route.path} ${route.handler}`),
        ].join('\n  '),
      );
  }
}
