import type { Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { Field, FieldKind, Fields, Form } from '@touchline/core';
import { MoneyDto, lazily } from './fields.js';

type Options = NonNullable<Parameters<typeof ApiProperty>[0]>;

const classes = new WeakMap<Form, Type<object>>();

/** A class by which the OpenAPI document tells of an answer that shows these fields; what is sealed is there at most in part. */
export function shownClass(name: string, fields: Fields): Type<object> {
  // A class is told by its name in the document.
  const made = {
    [name]: class {
      [field: string]: unknown;
    },
  }[name] as Type<object>;
  for (const [field, declared] of Object.entries(fields)) propertyOf(declared)(made.prototype as object, field);
  return made;
}

function ofForm(form: Form): Type<object> {
  const known = classes.get(form);
  if (known !== undefined) return known;
  const made = shownClass(`${form.name.replace(/Dto$/, '')}Shown`, form.fields);
  classes.set(form, made);
  return made;
}

function propertyOf({ kind, optional, sealed, nullable, description, example }: Field): PropertyDecorator {
  return ApiProperty({
    ...schemaOf(kind),
    required: !optional && !sealed,
    ...(nullable && { nullable }),
    ...(description !== undefined && !sealed && { description }),
    ...(example !== undefined && !sealed && { example }),
  } as Options);
}

function schemaOf(kind: FieldKind): Options {
  switch (kind.is) {
    case 'text':
    case 'slug':
      return { type: String };
    case 'id':
    case 'user':
      return { type: String, format: 'uuid' };
    case 'integer':
      return { type: Number };
    case 'flag':
      return { type: Boolean };
    case 'choice':
      return { type: String, enum: [...kind.of] };
    case 'choices':
      return { type: [String], enum: [...kind.of], isArray: true };
    case 'instant':
      return { type: String, format: 'date-time' };
    case 'money':
      return lazily(() => MoneyDto);
    case 'texts':
    case 'sites':
      return { type: [String] };
    case 'object':
      return lazily(() => ofForm(kind.form));
    case 'objects':
      return { ...lazily(() => ofForm(kind.form)), isArray: true };
    case 'map':
      return { type: 'object', additionalProperties: true };
  }
}
