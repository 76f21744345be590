/** Every metric that alo shows, by the name that it has in Prometheus. */
export const metricNames = {
  partitionLag: 'alo_partition_lag_records',
  partitionState: 'alo_partition_state',
  stepDuration: 'alo_step_duration_seconds',
  eventDelay: 'alo_event_delay_seconds',
  publicationDelay: 'alo_publication_delay_seconds',
  dueLate: 'alo_due_late_seconds',
  triggers: 'alo_triggers_total',
  refusals: 'alo_refusals_total',
  recoveries: 'alo_recoveries_total',
  recoveryDuration: 'alo_recovery_duration_seconds',
  kafkaErrors: 'alo_kafka_errors_total',
  redisErrors: 'alo_redis_errors_total',
  ticks: 'alo_ticks_total',
  intakeRecords: 'alo_intake_records_total',
} as const;
