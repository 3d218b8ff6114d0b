// breaks: domain-imports
export { randomUUID } from 'node:crypto';
