// breaks: layer-demo
export { platform } from '@touchline/platform';
