// breaks: core-time-is-pure
export { performance } from 'node:perf_hooks';
