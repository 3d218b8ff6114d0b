// breaks: no-dev-packages
export { string } from 'fast-check';
