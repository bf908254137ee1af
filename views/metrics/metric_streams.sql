SELECT
    tenant_id, dt, call_id, session_id, session_index, segment_id, media_index, stream_index, stream_direction, medium, cqd_class,
    CASE WHEN {{t "cri_poor"}} THEN 1 WHEN {{f "cri_poor"}} THEN 0 END AS cri_poor,
    CASE WHEN medium = 'audio' AND average_round_trip_time_ms > 500 THEN 1 ELSE 0 END AS high_rtt,
    CASE WHEN medium = 'audio' AND average_packet_loss_rate > 0.1 THEN 1 ELSE 0 END AS high_loss,
    CASE WHEN medium = 'audio' AND average_jitter_ms > 30 THEN 1 ELSE 0 END AS high_jitter
FROM call_media_streams
WHERE is_test IS NULL OR {{f "is_test"}}
