// No cycle between libs, whatever the list of import-rules.js says; run beside it. Tests reach everywhere, and are left out here as a whole.
import rules, { test } from './import-rules.js';

export default {
  forbidden: [
    {
      name: 'no-lib-cycles',
      comment: 'Libs that need each other are one lib.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^libs/[^/]+$' },
      to: { circular: true },
    },
  ],
  options: { ...rules.options, exclude: { path: test } },
};
