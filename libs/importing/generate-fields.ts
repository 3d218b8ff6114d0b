import { writeOrCheck } from '@touchline/config/generated-files.js';
import { knownFields, renderKnownFields } from './known-fields.js';

await writeOrCheck([{ path: 'docs/import-fields.md', content: renderKnownFields(knownFields()) }], 'npm run generate:fields', process.argv);
