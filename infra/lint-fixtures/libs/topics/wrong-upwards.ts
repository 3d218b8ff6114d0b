// breaks: layer-topics
export { platform } from '@touchline/platform';
