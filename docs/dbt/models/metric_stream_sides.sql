SELECT
    tenant_id, dt, call_id, session_id, session_index, segment_id, media_index, stream_index, 'sends' AS role, medium, cqd_class,
    CASE WHEN cri_poor THEN 1 WHEN NOT cri_poor THEN 0 END AS cri_poor, sender_identity_id AS user_id,
    sender_platform AS platform, sender_connection_type AS connection_type, sender_wifi_band AS wifi_band, sender_subnet AS subnet,
    sender_public_address AS public_address, sender_transport AS transport, sender_capture_device AS microphone, sender_render_device AS loudspeaker
FROM {{ source('graphlake', 'call_media_streams') }} AS call_media_streams
WHERE sender_tenant_id = tenant_id AND sender_identity_id IS NOT NULL AND NOT sender_identity_id IN ('excluded', 'erased') AND (is_test IS NULL OR NOT is_test)
UNION ALL
SELECT
    tenant_id, dt, call_id, session_id, session_index, segment_id, media_index, stream_index, 'receives' AS role, medium, cqd_class,
    CASE WHEN cri_poor THEN 1 WHEN NOT cri_poor THEN 0 END AS cri_poor, receiver_identity_id AS user_id,
    receiver_platform AS platform, receiver_connection_type AS connection_type, receiver_wifi_band AS wifi_band, receiver_subnet AS subnet,
    receiver_public_address AS public_address, receiver_transport AS transport, receiver_capture_device AS microphone, receiver_render_device AS loudspeaker
FROM {{ source('graphlake', 'call_media_streams') }} AS call_media_streams
WHERE receiver_tenant_id = tenant_id AND receiver_identity_id IS NOT NULL AND NOT receiver_identity_id IN ('excluded', 'erased') AND (is_test IS NULL OR NOT is_test)
