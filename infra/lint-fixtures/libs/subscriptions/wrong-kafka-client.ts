// breaks: kafka-client-at-home
export { Kafka } from 'kafkajs';
