import type { Type } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import type { DataOf, Field, FieldKind, Fields, Form } from '@touchline/core';
import {
  Flag,
  FreeObject,
  Instant,
  Int,
  MoneyDto,
  Nested,
  NestedList,
  NotBeside,
  OneOf,
  OneOfList,
  Slug,
  Text,
  TextList,
  Uuid,
} from './fields.js';
import { SiteList } from './site-scope.js';

const classes = new WeakMap<Form, Type<object>>();

/** The class of a form, made of its fields: class-validator's rules and the OpenAPI document follow from what they say. */
export function classOf<F extends Fields>(form: Form<F>): Type<DataOf<F>> {
  const known = classes.get(form);
  if (known !== undefined) return known as Type<DataOf<F>>;
  // A class is told by its name in the document.
  const made = {
    [form.name]: class {
      [field: string]: unknown;
    },
  }[form.name] as Type<DataOf<F>>;
  classes.set(form, made);
  for (const [name, field] of Object.entries(form.fields)) for (const rule of rulesOf(field)) rule(made.prototype as object, name);
  return made;
}

/** From the last to the first, as decorators of a class run. */
function rulesOf({ kind, notBeside, check, optional, nullable, description, example }: Field): PropertyDecorator[] {
  const options = {
    ...(optional && { optional }),
    ...(nullable && { nullable }),
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
  return [
    ...(check === undefined
      ? []
      : [ValidateBy({ name: check.name, validator: { validate: check.valid, defaultMessage: () => check.message } })]),
    ...(notBeside === undefined ? [] : [NotBeside(...notBeside)]),
    decoratorOf(kind, options),
  ];
}

type Options = NonNullable<Parameters<typeof Flag>[0]>;

function decoratorOf(kind: FieldKind, options: Options): PropertyDecorator {
  switch (kind.is) {
    case 'text': {
      const { min, max, pattern } = kind;
      return Text({ ...options, min, max, ...(pattern && { pattern }) });
    }
    case 'slug':
      return Slug(options);
    case 'id':
    case 'user':
      return Uuid(options);
    case 'integer':
      return Int({ ...options, min: kind.min, max: kind.max });
    case 'flag':
      return Flag(options);
    case 'choice':
      return OneOf(kind.of, options);
    case 'choices':
      return OneOfList(kind.of, { ...options, minItems: kind.minItems });
    case 'instant':
      return Instant(options);
    case 'money':
      return Nested(() => MoneyDto, options);
    case 'texts': {
      const { max, maxItems, pattern } = kind;
      return TextList({ ...options, max, maxItems, ...(pattern && { pattern }) });
    }
    case 'sites':
      return SiteList();
    case 'object':
      return Nested(() => classOf(kind.form), options);
    case 'objects':
      return NestedList(() => classOf(kind.form), { ...options, minItems: kind.minItems, maxItems: kind.maxItems });
    case 'map':
      return FreeObject({ ...options, ...(kind.mayBeEmpty && { mayBeEmpty: kind.mayBeEmpty }) });
  }
}
