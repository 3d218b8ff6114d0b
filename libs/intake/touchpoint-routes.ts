import type { Type } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import type { Permission } from '@touchline/auth';
import { routePermissions } from '@touchline/auth';
import type { Issuer } from '@touchline/commands';
import type { RecordedAnswer } from '@touchline/http';
import { inboundMessageName } from '@touchline/http';
import { CE_TYPE_PREFIX } from '@touchline/topics/contract.js';
import { TAKEN } from '@touchline/topics/intake.js';
import { touchpoints } from '@touchline/touchpoints';

/** Records run by whoever takes the message; all that a controller needs of its bus. */
export type Bus = Pick<CommandBus, 'execute'>;

/** A route that also takes messages, as its controller declares it: who may send, in which form, and what comes of it. */
export interface TouchpointRoute {
  /** Of the messages' type, after the prefix. */
  name: string;
  /** With a leading slash, as over HTTP. */
  path: string;
  permission: Permission;
  controller: Type;
  /** Class of the body. */
  form: Type;
  record(bus: Bus, body: object, issuer: Issuer): Promise<RecordedAnswer>;
}

/** Every route that takes messages, by the type of these. There is no list of them: the controllers say it (`@InboundMessage`). */
export function touchpointRoutes(): ReadonlyMap<string, TouchpointRoute> {
  const routes = touchpoints.flatMap(({ controllers }) => controllers.flatMap(routesOf));
  const byType = new Map(routes.map((route) => [CE_TYPE_PREFIX + TAKEN + route.name, route]));
  if (byType.size < routes.length) throw new Error('two routes take messages under one name');
  return byType;
}

function routesOf(controller: Type): TouchpointRoute[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return routePermissions([controller]).flatMap(({ path, handler, permission }) => {
    const method = handler.slice(controller.name.length + 1);
    const name = inboundMessageName(prototype[method] as object);
    if (name === undefined) return [];
    if (permission === null || permission === 'public') throw new Error(`${handler} takes messages and does not say from whom`);
    const [form] = Reflect.getMetadata('design:paramtypes', prototype, method) as [Type];
    return [{ name, path, permission, controller, form, record: recorder(controller, method) }];
  });
}

type Handler = (body: object, issuer: Issuer) => Promise<RecordedAnswer>;

const recorder =
  (Controller: Type, method: string): TouchpointRoute['record'] =>
  (bus, body, issuer) => {
    const controller = new Controller(bus) as Record<string, Handler>;
    return controller[method]!(body, issuer);
  };
