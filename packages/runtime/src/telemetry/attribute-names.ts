/**
 * What spans say, by the names of OpenTelemetry's semantic conventions 1.45. The key of a message, its id and its
 * subject have names there too, and are not used: they name a subscriber.
 */
export const attributeNames = {
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  system: 'messaging.system.name',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  partition: 'messaging.destination.partition.id',
  recordCount: 'messaging.batch.message_count',
  offset: 'kafka.offset',
  eventType: 'cloudevents.event_type',
  errorType: 'error.type',
} as const;
