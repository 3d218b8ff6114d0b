// breaks: core-is-pure
export { createHash } from 'node:crypto';
