import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as ajvFormats from 'ajv-formats';
import { isInstant, readDate } from '@touchline/core';
import type { JsonObject } from '@touchline/core';
import { playbookSchema } from './playbook.schema.js';

/** One thing wrong: where (JSON pointer, '' for the whole), the rule's literal name, and plain words. */
export interface Fault {
  path: string;
  rule: string;
  detail: string;
}

/** Strict, so that a keyword which cannot apply is a fault of the schema and not silently without effect. */
const strict = { allErrors: true, strict: true, strictRequired: true, allowUnionTypes: true } as const;

/** What a schema is checked and compiled with. */
function newAjv(options: object): Ajv2020 {
  const ajv = new Ajv2020({ ...strict, ...options });
  ajvFormats.default.default(ajv);
  // Days and instants as every other entrance reads them.
  ajv.addFormat('date', (text: string) => readDate(text) !== null);
  ajv.addFormat('date-time', isInstant);
  return ajv.addVocabulary(['label', 'words']);
}

const schemas = newAjv({});

const playbookFormat = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false }).compile(playbookSchema);

/** Faults of a playbook's form. */
export const formFaults = (playbook: unknown): Fault[] => faultsOf(playbookFormat, playbook);

/** Why a schema cannot be used for fields; undefined where it can. */
export function schemaFault(fields: JsonObject): string | undefined {
  try {
    compile(fields);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function compile(fields: JsonObject): ValidateFunction {
  void schemas.validateSchema(fields, true);
  // An instance holds every schema it compiled for as long as it lives, removed or not.
  return newAjv({ meta: false, validateSchema: false }).compile(fields);
}

// A playbook's version never changes and is held for ever, so its schemas are compiled once.
const compiled = new WeakMap<JsonObject, ValidateFunction>();

/** What is wrong with the fields of a declared touchpoint; [] where they fit its schema. */
export function fieldFaults(fields: JsonObject, data: unknown): Fault[] {
  const validate = compiled.get(fields) ?? compile(fields);
  compiled.set(fields, validate);
  return faultsOf(validate, data);
}

function faultsOf(validate: ValidateFunction, data: unknown): Fault[] {
  if (validate(data)) return [];
  // "if" only says that one of the rules under it failed, and that one is named beside it.
  return (validate.errors ?? []).filter((error) => error.keyword !== 'if').map(toFault);
}

function toFault(error: ErrorObject): Fault {
  const params = error.params as {
    missingProperty?: string;
    additionalProperty?: string;
    propertyName?: string;
    allowedValues?: unknown[];
  };
  // The key at fault belongs to the path, which ajv leaves at the object around it.
  const key = params.missingProperty ?? params.additionalProperty ?? params.propertyName ?? error.propertyName;
  const path = key === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(key)}`;
  if (error.keyword === 'additionalProperties') return { path, rule: 'unknown-field', detail: 'there is no such field here' };
  if (error.keyword === 'required') return { path, rule: 'required', detail: 'is missing' };
  const allowed = params.allowedValues === undefined ? '' : `: ${params.allowedValues.map(String).join(', ')}`;
  return { path, rule: error.keyword, detail: `${error.message ?? 'is not valid'}${allowed}` };
}

/** A key as one step of a JSON pointer (RFC 6901). */
export const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
