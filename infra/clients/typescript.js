import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './tools.js';

/** Compiles what was made in a folder, strictly. */
export function compileTypeScript(folder) {
  const compilerOptions = { strict: true, noEmit: true, target: 'es2023', module: 'esnext', moduleResolution: 'bundler', types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { stdio: 'inherit' });
}
