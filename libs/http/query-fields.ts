import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Int, Text, TextList, lazily } from './fields.js';

// Fields of a query and of its answer. In an address everything is text.

export const QueryInt = (options: Parameters<typeof Int>[0]): PropertyDecorator =>
  applyDecorators(
    // Only digits are a number: an empty text would be taken for 0.
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value)),
    Int(options),
  );

/** May be given several times; once is a list of one. */
export const QueryTextList = (options: Parameters<typeof TextList>[0]): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === undefined ? undefined : [value].flat())),
    TextList(options),
  );

/** Every query may name a write of the caller's own that its answer must show. */
export class ReadQuery {
  @Text({
    optional: true,
    max: 100,
    as: 'given',
    description: 'position of an own write that must be visible',
    example: '00000000000004d2',
  })
  after?: string;
}

interface ShownOptions {
  optional?: true;
  nullable?: true;
  list?: true;
  enum?: readonly string[];
  /** A number that need not be whole. */
  fraction?: true;
  /** Any JSON value. */
  anything?: true;
  /** An id of ours, where the name does not tell. */
  format?: 'uuid';
  description?: string;
  example?: unknown;
}

type BuiltIn = StringConstructor | NumberConstructor | BooleanConstructor | ObjectConstructor;
type Shape = BuiltIn | (() => new () => object);

const isClass = (shape: Shape): shape is BuiltIn => 'prototype' in shape;

/** What a command is given as If-Match so that it is refused where the record has changed since; null for the reason given. */
export const Revision = (nullWhere?: string): PropertyDecorator =>
  ResponseProperty(Number, {
    ...(nullWhere !== undefined && { nullable: true }),
    description: `revision of the record as it is shown; send it as If-Match to refuse a stale screen${nullWhere === undefined ? '' : `; null ${nullWhere}`}`,
    example: 3,
  });

/** A property of an answer, for the OpenAPI document. Instants are ISO 8601 UTC. */
export const ResponseProperty = (
  type: Shape,
  { optional, nullable, list, enum: values, fraction, anything, format, description, example }: ShownOptions = {},
): PropertyDecorator =>
  ApiProperty({
    ...(isClass(type) ? { type } : lazily(type)),
    ...(optional && { required: false }),
    ...(nullable && { nullable }),
    ...(list && { isArray: true }),
    ...(values && { enum: [...values] }),
    ...(fraction && { format: 'double' }),
    ...(format !== undefined && { format }),
    ...(anything && { 'x-anything': true }),
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  });
