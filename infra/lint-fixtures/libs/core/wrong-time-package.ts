// breaks: core-is-pure
export { Temporal } from 'temporal-polyfill';
