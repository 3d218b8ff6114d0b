// breaks: no-test-code
export { measured } from '@touchline/bench/main.js';
