import { groups } from './declarations.js';
import { writeOrCheck } from './generated-files.js';
import { renderEnvExample, renderReference } from './reference.js';

const files = [
  { path: '.env.example', content: renderEnvExample(groups) },
  { path: 'docs/configuration.md', content: renderReference(groups) },
];
await writeOrCheck(files, 'npm run generate:config', process.argv);
