import type { ErrorObject } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Document } from 'yaml';
import { LineCounter, isNode, parseDocument } from 'yaml';
import { MappingFaults } from '../faults.js';
import type { Mapping } from './mapping.js';
import { mappingSchema } from './mapping.schema.js';

const MAX_MAPPING_SIZE = 1_000_000;

const validate = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false }).compile<Mapping>(mappingSchema);

/**
 * Reads the text of a mapping file and checks its form.
 * @throws MappingFaults with every fault at once, each with the line it stands on
 */
export function parseMapping(path: string, text: string): Mapping {
  if (text.length > MAX_MAPPING_SIZE) throw new MappingFaults(path, [`is longer than ${MAX_MAPPING_SIZE} characters`]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true });
  // A warning is a tag of no known meaning: the value is not what its writer took it for.
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0)
    throw new MappingFaults(
      path,
      broken.map((error) => `line ${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0] ?? error.code}`),
    );
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (!validate(value)) throw new MappingFaults(path, describe(validate.errors ?? [], document, lines));
  return value;
}

/** One line a fault; of a choice between forms, the forms that were not meant say nothing. */
function describe(errors: readonly ErrorObject[], document: Document, lines: LineCounter): string[] {
  const told = errors.filter((error) => error.keyword !== 'if');
  const said = told.map((error) => `${where(error, document, lines)}: ${what(error)}`);
  return [...new Set(said)];
}

function where(error: ErrorObject, document: Document, lines: LineCounter): string {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const node = document.getIn(
    path.map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    true,
  );
  const line = isNode(node) && node.range ? `line ${lines.linePos(node.range[0]).line}, ` : '';
  return `${line}${path.length === 0 ? 'mapping' : path.join('.')}`;
}

function what(error: ErrorObject): string {
  const params = error.params as {
    additionalProperty?: string;
    missingProperty?: string;
    allowedValues?: unknown[];
    allowedValue?: unknown;
  };
  if (params.additionalProperty !== undefined) return `there is no key "${params.additionalProperty}"`;
  if (params.missingProperty !== undefined) return `"${params.missingProperty}" is missing`;
  if (params.allowedValues !== undefined) return `must be one of ${params.allowedValues.join(', ')}`;
  if (params.allowedValue !== undefined) return `must be ${JSON.stringify(params.allowedValue)}`;
  if (error.keyword === 'oneOf' || error.keyword === 'anyOf') return 'must have exactly one of the forms that are allowed here';
  return error.message ?? error.keyword;
}

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
