import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO4217CurrencyCode,
  IsNotEmptyObject,
  IsObject,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { MOST_MONEY, SLUG, isInstant, oneLine, readInstant, severalLines } from '@touchline/core';

// One decorator a field: class-validator's rules, which are the request's form, and the OpenAPI text from the same words.

interface FieldOptions {
  optional?: true;
  /** Null says that there is nothing, as absent says nothing. */
  nullable?: true;
  description?: string;
  example?: unknown;
}

type OpenApi = NonNullable<Parameters<typeof ApiProperty>[0]>;

function field(options: FieldOptions, openApi: OpenApi, ...rules: PropertyDecorator[]): PropertyDecorator {
  const documented = {
    ...openApi,
    required: options.optional === undefined,
    ...(options.nullable && { nullable: true }),
    ...(options.description !== undefined && { description: options.description }),
    ...(options.example !== undefined && { example: options.example }),
  } as OpenApi;
  return applyDecorators(ApiProperty(documented), ...(options.optional || options.nullable ? [AllowEmpty(options)] : []), ...rules);
}

/** Absent and null are allowed each where said so: an omitted field and an emptied one must not be confused. */
const AllowEmpty = ({ optional = false, nullable = false }: { optional?: boolean; nullable?: boolean }): PropertyDecorator =>
  ValidateIf((_object, value) => !(optional && value === undefined) && !(nullable && value === null));

/** What goes on of a value that is read; what cannot be read stays, for the rules to refuse. */
const read = (reader: (value: unknown) => unknown): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(reader) : reader(value)));

const ofText =
  (reader: (text: string) => string) =>
  (value: unknown): unknown =>
    typeof value === 'string' ? reader(value) : value;

/** Of a list that is too long no more is looked at than says so. */
const atMost = (maxItems: number): PropertyDecorator[] => [
  Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.slice(0, maxItems + 1) : value)),
  ArrayMaxSize(maxItems),
];

/** How a text is taken: as a line without what shows nothing, as several lines, or as it is given. */
const LINE = 300;
const TAKEN = { line: oneLine, lines: severalLines, given: (text: string) => text } as const;

/** Text of `min`…`max` characters, counted as it is taken: a short one as a line, a long one with its lines, one of a pattern as given. */
export const Text = (
  options: FieldOptions & { min?: number; max?: number; pattern?: RegExp; as?: keyof typeof TAKEN } = {},
): PropertyDecorator => {
  const { min = 1, max = 200, pattern, as = pattern !== undefined ? 'given' : max > LINE ? 'lines' : 'line' } = options;
  return field(
    options,
    // Letters of every language are told by a class that the regular expressions of half of them do not have.
    { type: String, minLength: min, maxLength: max, ...(pattern && !pattern.unicode && { pattern: pattern.source }) },
    read(ofText(TAKEN[as])),
    IsString(),
    Length(min, max),
    ...(pattern ? [Matches(pattern)] : []),
  );
};

/** Lower-case name chosen by an administrator: site, unit, playbook, product line. */
export const Slug = (options: FieldOptions = {}): PropertyDecorator => Text({ ...options, min: 2, max: 40, pattern: SLUG });

export const Uuid = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: String, format: 'uuid' }, IsString(), IsUUID());

export const Int = (options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator => {
  const { min = 0, max = 1_000_000 } = options;
  return field(options, { type: 'integer', minimum: min, maximum: max }, IsInt(), Min(min), Max(max));
};

export const Flag = (options: FieldOptions = {}): PropertyDecorator => field(options, { type: Boolean }, IsBoolean());

export const OneOf = <T extends string>(values: readonly T[], options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: String, enum: [...values] }, IsIn([...values]));

export const Instant = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    { example: '2026-03-02T10:00:00+08:00', ...options },
    { type: String, format: 'date-time' },
    read((value) => readInstant(value) ?? value),
    ValidateBy({
      name: 'isInstant',
      validator: {
        validate: isInstant,
        defaultMessage: () =>
          '$property must be a date and time that there is, of the years 1900 to 2200, with an offset, such as 2026-03-02T10:00:00+08:00',
      },
    }),
  );

/** class-validator's own rule of this name compares each with each. */
const EachOnce = (): PropertyDecorator =>
  ValidateBy({
    name: 'arrayUnique',
    validator: {
      validate: (value) => !Array.isArray(value) || new Set(value).size === value.length,
      defaultMessage: () => "All $property's elements must be unique",
    },
  });

export const TextList = (
  options: FieldOptions & { maxItems?: number; max?: number; pattern?: RegExp; unique?: boolean } = {},
): PropertyDecorator => {
  const { maxItems = 50, max = 200, pattern } = options;
  return field(
    options,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: max }, maxItems, ...(options.unique && { uniqueItems: true }) },
    read(ofText(oneLine)),
    IsArray(),
    ...atMost(maxItems),
    IsString({ each: true }),
    Length(1, max, { each: true }),
    ...(pattern ? [Matches(pattern, { each: true })] : []),
    ...(options.unique ? [EachOnce()] : []),
  );
};

export const OneOfList = <T extends string>(values: readonly T[], options: FieldOptions & { minItems?: number } = {}): PropertyDecorator =>
  field(
    options,
    { type: [String], enum: [...values], isArray: true },
    IsArray(),
    ArrayMinSize(options.minItems ?? 1),
    ...atMost(values.length),
    EachOnce(),
    IsIn([...values], { each: true }),
  );

type ClassOf = new () => object;

/** A class named later, as Swagger knows it: by a function called `type`. Under any other name it would be taken for a class. */
export const lazily = (of: () => ClassOf): { type: () => ClassOf } => ({ type: () => of() });

export const Nested = (of: () => ClassOf, options: FieldOptions = {}): PropertyDecorator =>
  field(options, lazily(of), IsObject(), ValidateNested(), Type(of));

export const NestedList = (of: () => ClassOf, options: FieldOptions & { minItems?: number; maxItems?: number } = {}): PropertyDecorator => {
  const { minItems = 0, maxItems = 50 } = options;
  return field(
    options,
    { ...lazily(of), isArray: true, minItems, maxItems },
    IsArray(),
    ArrayMinSize(minItems),
    ...atMost(maxItems),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(of),
  );
};

/** A free map, checked further where its meaning is known (a playbook's field schema). */
export const FreeObject = (options: FieldOptions & { mayBeEmpty?: true } = {}): PropertyDecorator =>
  field(
    options,
    { type: 'object', additionalProperties: true, ...(options.mayBeEmpty ? {} : { minProperties: 1 }) },
    IsObject(),
    ...(options.mayBeEmpty ? [] : [IsNotEmptyObject()]),
  );

/** Beside another rule of an optional field: these other fields say the same in another way, and are absent then. */
export const NotBeside = (...others: string[]): PropertyDecorator =>
  ValidateBy({
    name: 'isAlone',
    validator: {
      validate: (_value, args) => others.every((other) => (args?.object as Record<string, unknown> | undefined)?.[other] === undefined),
      defaultMessage: () => `$property stands alone, without ${others.join(', ')}`,
    },
  });

/** Money as integer minor units and a currency (ADR 0026). */
export class MoneyDto {
  // A rule beside the documented maximum, which messages of released versions are told of as it was.
  @ValidateBy({
    name: 'isHeldAmount',
    validator: {
      validate: (value) => typeof value !== 'number' || value <= MOST_MONEY,
      defaultMessage: () => `$property must not be greater than ${MOST_MONEY}, so that amounts of a whole group add up`,
    },
  })
  @Int({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'minor units (fen, cents)', example: 22_980_000 })
  amount!: number;

  @field({ example: 'CNY' }, { type: String, pattern: '^[A-Z]{3}$' }, IsString(), IsISO4217CurrencyCode())
  currency!: string;
}
