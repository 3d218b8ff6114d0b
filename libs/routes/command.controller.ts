import type { Type } from '@nestjs/common';
import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow } from '@touchline/auth/allow.js';
import type { Input, CommandMetadata } from '@touchline/commands';
import { NamedCommand } from '@touchline/commands';
import { parseStreamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { KeyedMetadata, RecordedAnswer, answer, classOf } from '@touchline/http';
import type { Route, RoutedCommand } from '@touchline/touchpoints/command.js';
import type { RejectionCode } from './rejections.js';
import { Records } from './rejections.js';

interface Sends {
  bus: CommandBus;
}

/** The routes of commands: each is a path, a permission and a form. One class for those whose operations have one prefix. */
export function commandControllers(definitions: readonly RoutedCommand[]): Type[] {
  const byPrefix = new Map<string, RoutedCommand[]>();
  for (const each of definitions) {
    const [prefix = ''] = each.operation.split('_');
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), each]);
  }
  return [...byPrefix].map(([prefix, commands]) => controllerOf(`${prefix}Controller`, commands));
}

function controllerOf(name: string, commands: readonly RoutedCommand[]): Type {
  const made = {
    [name]: class {
      constructor(readonly bus: CommandBus) {}
    },
  }[name] as Type<Sends>;
  Inject(CommandBus)(made, undefined, 0);
  const handlers = made.prototype as unknown as Record<string, object>;
  for (const definition of commands) {
    const method = definition.operation.split('_')[1] ?? definition.operation;
    const { name: command, params, answers } = definition;
    // The document calls an operation by the name of its function; what stands in the address comes first.
    Object.assign(
      handlers,
      params === undefined
        ? {
            async [method](this: Sends, body: Input, metadata: CommandMetadata): Promise<RecordedAnswer> {
              return answerOf(await this.bus.execute(new NamedCommand(command, body, metadata)), answers);
            },
          }
        : {
            async [method](this: Sends, path: Input, body: Input, metadata: CommandMetadata): Promise<RecordedAnswer> {
              return answerOf(await this.bus.execute(new NamedCommand(command, { ...body, ...path }, metadata)), answers);
            },
          },
    );
    const descriptor = Object.getOwnPropertyDescriptor(handlers, method) as TypedPropertyDescriptor<unknown>;
    for (const decorate of [
      Post(definition.path),
      Allow(definition.who),
      Records(definition.summary, ...(definition.refusals as readonly RejectionCode[])),
      ...(answers === undefined ? [] : [ApiCreatedResponse({ type: classOfAnswer(answers) })]),
    ])
      decorate(handlers, method, descriptor);
    const inputs = [...(params === undefined ? [] : [{ from: Param(), form: params }]), { from: Body(), form: definition.form }];
    for (const [index, { from }] of inputs.entries()) from(handlers, method, index);
    KeyedMetadata()(handlers, method, inputs.length);
    Reflect.defineMetadata('design:paramtypes', [...inputs.map(({ form }) => classOf(form)), Object], handlers, method);
    Reflect.defineMetadata('design:returntype', RecordedAnswer, handlers, method);
  }
  const tags = new Set(commands.map(({ tag }) => tag));
  ApiTags(...tags)(made);
  Controller()(made);
  return made;
}

type Answers = NonNullable<Route['answers']>;

/** What was recorded, with the record's id where the answer tells it. */
function answerOf(outcome: CommandOutcome, answers?: Answers): RecordedAnswer {
  const told = answer(outcome);
  if (answers === undefined || outcome.kind === 'refused') return told;
  return Object.assign(told, { [answers.id]: parseStreamName(outcome.stream)?.id });
}

/** As the OpenAPI document tells of it. */
function classOfAnswer({ name, id }: Answers): Type<RecordedAnswer> {
  const made = { [name]: class extends RecordedAnswer {} }[name] as Type<RecordedAnswer>;
  ApiProperty({ type: String, format: 'uuid' })(made.prototype as object, id);
  return made;
}
