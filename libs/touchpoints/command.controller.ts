import type { Type } from '@nestjs/common';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Input, Issuer } from '@touchline/commands';
import { NamedCommand } from '@touchline/commands';
import { IssuedBy, RecordedAnswer, answer, classOf } from '@touchline/http';
import type { CommandDefinition } from './command.js';
import type { RejectionCode } from './rejections.js';
import { Records } from './rejections.js';

/** The routes of commands: each is a path, a permission and a form. One class for those whose operations have one prefix. */
export function commandControllers(definitions: readonly CommandDefinition[]): Type[] {
  const byPrefix = new Map<string, CommandDefinition[]>();
  for (const each of definitions) {
    const [prefix = ''] = each.operation.split('_');
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), each]);
  }
  return [...byPrefix].map(([prefix, commands]) => controllerOf(`${prefix}Controller`, commands));
}

function controllerOf(name: string, commands: readonly CommandDefinition[]): Type {
  const made = {
    [name]: class {
      constructor(readonly bus: CommandBus) {}
    },
  }[name] as Type<{ bus: CommandBus }>;
  Inject(CommandBus)(made, undefined, 0);
  const handlers = made.prototype as unknown as Record<string, object>;
  for (const command of commands) {
    const method = command.operation.split('_')[1] ?? command.operation;
    // The document calls an operation by the name of its function.
    Object.assign(handlers, {
      async [method](this: { bus: CommandBus }, body: Input, issuer: Issuer): Promise<RecordedAnswer> {
        return answer(await this.bus.execute(new NamedCommand(command.name, body, issuer)));
      },
    });
    const descriptor = Object.getOwnPropertyDescriptor(handlers, method) as TypedPropertyDescriptor<unknown>;
    for (const decorate of [
      Post(command.path),
      Allow(command.who),
      Records(command.summary, ...(command.refusals as readonly RejectionCode[])),
    ])
      decorate(handlers, method, descriptor);
    Body()(handlers, method, 0);
    IssuedBy()(handlers, method, 1);
    Reflect.defineMetadata('design:paramtypes', [classOf(command.form), Object], handlers, method);
    Reflect.defineMetadata('design:returntype', RecordedAnswer, handlers, method);
  }
  const tags = new Set(commands.map(({ tag }) => tag));
  ApiTags(...tags)(made);
  Controller()(made);
  return made;
}
