// breaks: layer-intake
export { metrics } from '@touchline/observability';
