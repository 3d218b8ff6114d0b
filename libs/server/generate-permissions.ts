import { renderPermissions, routePermissions } from '@touchline/auth';
import { writeOrCheck } from '@touchline/config/generated-files.js';
import { apiControllers } from './features.js';

const files = [{ path: 'docs/permissions.md', content: renderPermissions(routePermissions(apiControllers())) }];
await writeOrCheck(files, 'npm run generate:permissions', process.argv);
