export * from './playbook.js';
export * from './playbook.schema.js';
export * from './check-playbook.js';
export * from './field-rules.js';
export * from './free-text.js';
export * from './playbook-source.js';
export * from './shipped.js';
