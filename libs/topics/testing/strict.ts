import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import * as ajvFormats from 'ajv-formats';
import type { JsonObject } from '@touchline/core';
import type { Schema } from '../schema.js';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
ajv.addKeyword('x-extensible-enum');
ajvFormats.default.default(ajv);

/** Objects are open for readers; what we write holds nothing that is not declared. */
function closed(schema: Schema): Schema {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(items !== undefined && { items: closed(items) }),
    ...(properties !== undefined && {
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])),
    }),
  };
}

const compiled = new Map<Schema, ValidateFunction>();

/** What is wrong with a value; '' where it is what its writer declares, to the letter. */
export function faultsOf(schema: Schema, value: JsonObject): string {
  const { $id: _, ...anonymous } = closed(schema);
  const validate = compiled.get(schema) ?? ajv.compile(anonymous);
  compiled.set(schema, validate);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}
